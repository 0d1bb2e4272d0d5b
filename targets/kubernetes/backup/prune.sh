#!/bin/sh
# prune.sh: removes copies that are old enough and not among those to keep. The newest is always among those. Its one line of
# output is the copy that was taken: NAME STAMP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
copies=${COPIES:-/copies}

# seconds STAMP: since 1970. Reckoned here, because `date` reads times in other ways from system to system.
seconds() {
  printf '%s\n' "$1" | awk '{
    y = substr($1, 1, 4); m = substr($1, 5, 2); d = substr($1, 7, 2)
    if (m <= 2) { y -= 1; m += 12 }
    days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + d - 719469
    printf "%d\n", days * 86400 + substr($1, 10, 2) * 3600 + substr($1, 12, 2) * 60 + substr($1, 14, 2)
  }'
}

read -r stamp <"$copies/.work/stamp"
(cd "$copies" && find . -maxdepth 2 -path './[0-9]*T*Z/SHA256SUMS' | sort) >"$copies/.work/whole"
total=$(wc -l <"$copies/.work/whole")
now=$(date +%s)
at=0
while IFS= read -r found; do
  old=${found#./}
  old=${old%/SHA256SUMS}
  at=$((at + 1))
  [ $((total - at)) -ge "$KEEP" ] || break
  if [ -n "$RETENTION" ]; then
    [ $((now - $(seconds "$old"))) -gt "$RETENTION" ] || break
  fi
  printf '%s\n' "$BACKUP: $old is removed" >&2
  rm -rf "${copies:?}/$old"
done <"$copies/.work/whole"
rm -rf "$copies/.work"
printf '%s %s\n' "$BACKUP" "$stamp"
