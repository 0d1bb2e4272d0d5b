# shellcheck shell=bash
# What all scripts share. `root` is the folder of the build, where `.env` stands as well.
# It runs in bash 3.2 (macOS) and later: no associative arrays, no `mapfile`.
set -Eeuo pipefail

self=$(basename "$0")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# The programs; tests put others in their place.
: "${DOCKER:=docker}"
env_file=$root/.env
# What scripts keep between two runs: records, locks, journals. None of it is of the build.
state=$root/.infrac
dry_run=''

# shellcheck source=platform.sh
. "$root/scripts/lib/platform.sh"
# shellcheck source=env.sh
. "$root/scripts/lib/env.sh"

log() { printf '%s\n' "$self: $*" >&2; }

# fail REASON [STATUS]: 1 where it did not work, 2 where it was called wrongly, 75 where another one is at it.
fail() {
  log "$1"
  exit "${2:-1}"
}

# help: the comment at the head of the script.
help() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

# usage REASON: for a call that is not understood.
usage() {
  log "$1; see $self --help"
  exit 2
}

# need PROGRAM…: names all that are missing at once.
need() {
  local program missing=''
  for program in "$@"; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
  [ -z "$missing" ] || fail "not installed:$missing"
}

# clean COMMAND…: with nothing of the shell's environment but what finds programs and the engine. A variable of the shell, even
# an empty one, prevails over `.env` where compose puts values in (docker/cli#5093).
clean() {
  env -i PATH="$PATH" HOME="${HOME:-/}" LC_ALL=C.UTF-8 \
    ${DOCKER_HOST+"DOCKER_HOST=$DOCKER_HOST"} ${DOCKER_CONTEXT+"DOCKER_CONTEXT=$DOCKER_CONTEXT"} \
    ${DOCKER_CONFIG+"DOCKER_CONFIG=$DOCKER_CONFIG"} ${DOCKER_TLS_VERIFY+"DOCKER_TLS_VERIFY=$DOCKER_TLS_VERIFY"} \
    ${DOCKER_CERT_PATH+"DOCKER_CERT_PATH=$DOCKER_CERT_PATH"} ${SSH_AUTH_SOCK+"SSH_AUTH_SOCK=$SSH_AUTH_SOCK"} \
    ${XDG_RUNTIME_DIR+"XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR"} "$@"
}

# engine ARGUMENTS…: the engine. It reads nothing of the script's own input, which may be the script (docker/compose#10418);
# `engine_piped` reads what is piped into it.
engine() { clean "$DOCKER" "$@" </dev/null; }
engine_piped() { clean "$DOCKER" "$@"; }

# compose ARGUMENTS…: compose with the files of this build.
compose() { compose_piped "$@" </dev/null; }
compose_piped() {
  clean "$DOCKER" compose --project-name "$PROJECT" --env-file "$env_file" --file "$root/$COMPOSE_FILE" "$@"
}

# do_it COMMAND…: does it; with --dry-run says what it would do. For commands that change something.
do_it() {
  if [ -n "$dry_run" ]; then
    log "would run: $*"
  else
    "$@"
  fi
}

# load_env: reads `.env`, strictly; values are then had by `value NAME`.
load_env() {
  [ -r "$env_file" ] || fail "there is no $env_file: copy .env.example, and fill it in, or run make -f infra.mk secrets"
  read_env "$env_file"
}

# scratch: a folder that is gone when the script ends, in $work.
scratch() {
  umask 077
  work=$(mktemp -d "${TMPDIR:-/tmp}/$self.XXXXXX")
  at_end 'rm -rf "$work"'
}

# at_end COMMAND: runs at the end, however the script ends; the last one first.
ends=''
at_end() {
  ends="$1; $ends"
  trap 'status=$?; trap - EXIT; set +e; eval "$ends"; exit $status' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
}

# lock: one at a time changes what runs: deploy, backup, restore and rotate. The lock goes with the process, however it ends.
# One that another calls, which holds it, goes on: it has inherited it.
lock() {
  [ "${INFRAC_LOCKED-}" != "$state" ] || return 0
  need flock
  (umask 077 && mkdir -p "$state")
  exec 9>>"$state/lock"
  flock --nonblock 9 || fail "another one is at work: $(tail -n 1 "$state/lock.holder" 2>/dev/null)" 75
  printf '%s\n' "$self, process $$, since $(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$state/lock.holder"
}

# is_job NAME, is_service NAME: of the table of the platform.
is_job() { services | grep -q "^$1 job "; }
is_service() { services | grep -q "^$1 "; }
