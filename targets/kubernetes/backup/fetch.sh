#!/bin/sh
# fetch.sh: fetches a copy from the place that FROM names, with the account that may read there: COPY, or the newest one. Without
# FROM the copies of the claim are all there is.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"
wanted=${COPY:-}

if [ -z "${FROM:-}" ]; then exit 0; fi
umask 007
mkdir -p "$restore"
echo $(($(date +%s) + RESTORE_SECONDS)) >"$restore/until"
found=''
while read -r name number path reader _ <&4; do
  if [ "$name" = "$FROM" ]; then
    [ "$reader" = reader ] || fail "no account is declared that may read in $FROM"
    found="reader$number:$path"
  fi
done 4<"$here/places"
[ -n "$found" ] || fail "it is not taken to $FROM; it is taken to: $(cut -d ' ' -f 1 "$here/places" | tr '\n' ' ')"
if [ -z "$wanted" ] || [ "$wanted" = list ]; then
  rclone lsf --dirs-only "$found" </dev/null >"$restore/there" || fail "$FROM cannot be read"
  [ "$wanted" != list ] || fail "nothing is restored; in $FROM there are: $(tr -d / <"$restore/there" | sort | tr '\n' ' ')"
  wanted=$(tr -d / <"$restore/there" | grep '^[0-9]*T[0-9]*Z$' | sort | tail -n 1) || true
fi
[ -n "$wanted" ] || fail "there is no copy in $FROM"
# What is chosen is this one, and not a newer one of the claim.
printf '%s\n' "$wanted" >"$restore/wanted"
if [ -s "$copies/$wanted/SHA256SUMS" ]; then
  printf '%s\n' "$BACKUP: $wanted is here already" >&2
  exit 0
fi
rm -rf "$restore/fetched"
mkdir "$restore/fetched"
rclone copy "$found/$wanted" "$restore/fetched" </dev/null >&2 || {
  # It may have filled the claim.
  rm -rf "$restore/fetched"
  fail "$wanted was not fetched from $FROM"
}
mv "$restore/fetched" "$copies/$wanted"
printf '%s\n' "$BACKUP: $wanted is fetched from $FROM" >&2
