#!/bin/sh
# restore.sh: brings the chosen copy back: what is there now is replaced. What works with the data stands still meanwhile, which the
# person who starts this has seen to.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"
read -r chosen <"$restore/chosen"
copy=$copies/$chosen

# new_enough: tools and servers read what older ones wrote, not what newer ones did.
new_enough() {
  made=$(sed -n 's/^version //p' "$copy/info")
  if [ -z "$VERSIONED" ] || [ -z "$made" ] || [ "${OLDER:-}" = true ]; then return 0; fi
  now=$(server_version)
  [ "$(printf '%s\n%s\n' "$made" "$now" | sort -V | head -n 1)" = "$made" ] ||
    fail "the copy is of version $made, and $SERVICE is $now, which is older; where that is meant, OLDER=true"
}

# begin: from here on no copy is taken, and no other one is restored.
begin() {
  if [ "${UNLOCK:-}" = true ] || [ -e "$copies/.restoring/failed" ] || ! restoring; then rm -rf "$copies/.restoring"; fi
  (umask 007 && mkdir "$copies/.restoring" 2>/dev/null) ||
    fail "another restore runs; where its Job is gone, UNLOCK=true"
  echo $(($(date +%s) + RESTORE_SECONDS)) >"$copies/.restoring/until"
  trap '[ $? -eq 0 ] || : >"$copies/.restoring/failed"' EXIT
}

# bring_back FILE PART
bring_back() {
  printf '%s\n' "$BACKUP: $1" >&2
  if [ "$KIND" = files ]; then
    # Beside what is there, which goes when all of it has come.
    (
      cd "${FILES:-/volumes}/$2"
      rm -rf .restored
      mkdir .restored
      gzip -dc "$copy/$1" | tar -x -p -f - -C .restored
      find . -mindepth 1 -maxdepth 1 ! -name .restored -exec rm -rf {} +
      find .restored -mindepth 1 -maxdepth 1 -exec mv {} . \;
      rmdir .restored
    )
  elif [ "$2" = - ]; then
    restore <"$copy/$1" >&2
  else
    restore "$2" <"$copy/$1" >&2
  fi
}

new_enough
begin
while read -r file part <&4; do
  bring_back "$file" "$part"
done 4<"$copy/parts"
umask 007
# A server that stands still cannot be asked.
if [ -z "$OFFLINE" ] && [ -n "$COUNTED" ] && [ -s "$copy/counts" ]; then
  count >"$restore/restored"
fi
if [ -z "$OFFLINE" ] && [ -n "$CHECKED" ]; then
  check >&2 || fail "$SERVICE is not as it should be"
fi
