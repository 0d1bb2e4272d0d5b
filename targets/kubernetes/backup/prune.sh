#!/bin/sh
# prune.sh: removes copies that are old enough and not among those to keep. The newest is always among those, and so
# is one that a restore has chosen. A run before a restore removes none.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"

# seconds STAMP: since 1970. Reckoned here, because `date` reads times in other ways from system to system.
seconds() {
  printf '%s\n' "$1" | awk '{
    y = substr($1, 1, 4); m = substr($1, 5, 2); d = substr($1, 7, 2)
    if (m <= 2) { y -= 1; m += 12 }
    days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + d - 719469
    printf "%d\n", days * 86400 + substr($1, 10, 2) * 3600 + substr($1, 12, 2) * 60 + substr($1, 14, 2)
  }'
}

# young STAMP: whether it is of an age at which none goes.
young() {
  [ -n "$RETENTION" ] && [ $((now - $(seconds "$1"))) -le "$RETENTION" ]
}

# remove STAMP: unless a restore reads it.
remove() {
  if grep -qx "$1" "$copies"/.restore.*/chosen 2>/dev/null; then return 0; fi
  printf '%s\n' "$BACKUP: $1 is removed" >&2
  rm -rf "${copies:?}/$1"
}

if [ "${BEFORE:-}" = true ]; then exit 0; fi
umask 007
whole_copies >"$work/whole"
total=$(wc -l <"$work/whole")
now=$(date +%s)
at=0
while IFS= read -r old; do
  at=$((at + 1))
  [ $((total - at)) -ge "$KEEP" ] || break
  ! young "$old" || break
  remove "$old"
done <"$work/whole"
# What was taken before a restore goes when as many newer ones are there as are kept.
whole_copies -before >"$work/before"
while IFS= read -r old; do
  newer=$(awk -v old="$old" '$0 "" > old "" { n++ } END { print n + 0 }' "$work/whole")
  if [ "$newer" -ge "$KEEP" ] && ! young "$old"; then remove "$old"; fi
done <"$work/before"
