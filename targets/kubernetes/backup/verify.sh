#!/bin/sh
# verify.sh FOLDER: reads every part of a copy to the end that its format has. FOLDER stands in a file of the claim, `chosen`, where
# none is named. Nothing of the service is given to it: no variable, no secret, no volume.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
copies=${COPIES:-/copies}
copy=${1:-$copies/$(cat "$copies/.restore/chosen")}

# whole FILE PART: whether it is all there.
whole() {
  [ -s "$copy/$1" ] || return 1
  if [ "$KIND" = files ]; then
    gzip -dc "$copy/$1" 2>/dev/null | tar -tf - >/dev/null 2>&1 || return 1
    # An archive ends with two blocks of zeros.
    [ "$(gzip -dc "$copy/$1" | tail -c 1024 | tr -d '\000' | wc -c | tr -d ' ')" = 0 ]
    return
  fi
  [ -n "$VERIFIED" ] || return 0
  if [ "$2" = - ]; then
    verify <"$copy/$1" >&2
  else
    verify "$2" <"$copy/$1" >&2
  fi
}

[ -s "$copy/parts" ] || {
  printf '%s\n' "$BACKUP: $copy names no part" >&2
  exit 1
}
while read -r file part <&4; do
  # Not within a condition, where a failure within it would not end it.
  set +e
  (
    set -e
    whole "$file" "$part" </dev/null
  )
  status=$?
  set -e
  [ "$status" -eq 0 ] || {
    printf '%s\n' "$BACKUP: $file is not whole; it is not kept" >&2
    exit 1
  }
done 4<"$copy/parts"
printf '%s\n' "$BACKUP: every part is whole" >&2
