#!/bin/sh
# fetch.sh: fetches a copy from the place that FROM names, with the account that may read there: COPY, or the newest one. Without
# FROM the copies of the claim are all there is.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
copies=${COPIES:-/copies}
wanted=${COPY:-}

fail() {
  printf '%s\n' "$BACKUP: $*" >&2
  exit 1
}

if [ -z "${FROM:-}" ]; then exit 0; fi
found=''
while read -r name number path reader _ <&4; do
  if [ "$name" = "$FROM" ]; then
    [ "$reader" = reader ] || fail "no account is declared that may read in $FROM"
    found="reader$number:$path"
  fi
done 4<"$here/places"
[ -n "$found" ] || fail "it is not taken to $FROM; it is taken to: $(cut -d ' ' -f 1 "$here/places" | tr '\n' ' ')"
if [ -z "$wanted" ]; then
  rclone lsf --dirs-only "$found" </dev/null >"${TMPDIR:-/tmp}/there" || fail "$FROM cannot be read"
  wanted=$(tr -d / <"${TMPDIR:-/tmp}/there" | grep '^[0-9]*T[0-9]*Z$' | sort | tail -n 1) || true
fi
[ -n "$wanted" ] || fail "there is no copy in $FROM"
if [ -s "$copies/$wanted/SHA256SUMS" ]; then
  printf '%s\n' "$BACKUP: $wanted is here already" >&2
  exit 0
fi
umask 007
rm -rf "$copies/.fetched"
mkdir "$copies/.fetched"
rclone copy "$found/$wanted" "$copies/.fetched" </dev/null >&2 || fail "$wanted was not fetched from $FROM"
mv "$copies/.fetched" "$copies/$wanted"
printf '%s\n' "$BACKUP: $wanted is fetched from $FROM" >&2
