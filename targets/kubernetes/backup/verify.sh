#!/bin/sh
# verify.sh [taken]: reads every part of a copy to the end that its format has: of the one that this pod took, or of the one that it
# has chosen. Nothing of the service is given to it: no variable, no secret, no volume.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"
if [ "${1:-}" = taken ]; then
  if [ -e "$work/sealed" ]; then exit 0; fi
  copy=$work/copy
else
  copy=$copies/$(cat "$restore/chosen")
fi

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
