#!/bin/sh
# run.sh PORT: nginx, and beside it what has it read its configuration again when that was built anew. nginx says yes to a
# reload that it then refuses (nginx/nginx#860), so the new configuration has to answer for itself at PORT.
set -u

: "${FOLDER:=/etc/nginx}" "${STATE:=/tmp/proxy}" "${TICK:=5}"
port=$1

log() { printf '%s\n' "configuration: $*" >&2; }

# The digest of the files that infrac wrote, as the folder has it, and as nginx answers it.
written() { sed -n 's/.*default "\(.*\)".*/\1/p' "$FOLDER/generation.conf"; }
served() { wget -q -T 2 -O - "http://127.0.0.1:$port/generation" 2>/dev/null; }

# Old processes go on with the requests that they have; nobody is turned away.
reload() {
  nginx -e stderr -t -q 2>"$STATE/said" || return 1
  kill -HUP "$1"
  tries=10
  while [ "$tries" -gt 0 ]; do
    sleep 1
    [ "$(served)" != "$2" ] || return 0
    tries=$((tries - 1))
  done
  return 1
}

# A container whose loop has ended, or whose configuration is refused, is unhealthy.
watch() {
  before=
  while sleep "$TICK"; do
    : >"$STATE/alive"
    wanted=$(written)
    if [ -n "$wanted" ] && [ "$(served)" = "$wanted" ]; then
      rm -f "$STATE/refused"
    elif [ "$wanted" != "$before" ]; then
      # It may still be written to: what stays the same for a while is whole.
      before=$wanted
    elif reload "$1" "$wanted"; then
      rm -f "$STATE/refused"
      log "generation $wanted answers"
    else
      # Once, and not at each try.
      if [ "$(cat "$STATE/refused" 2>/dev/null)" != "$wanted" ]; then
        log "generation $wanted is refused, and the one before goes on"
        cat "$STATE/said" >&2
      fi
      echo "$wanted" >"$STATE/refused"
    fi
  done
}

mkdir -p "$STATE"
: >"$STATE/alive"
rm -f "$STATE/refused"
watch "$$" &
# The first process is nginx itself, which the signal of a stop reaches.
exec nginx -e stderr -g 'daemon off;'
