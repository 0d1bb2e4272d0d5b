#!/bin/sh
# seal.sh: gives a copy that was verified its digests, and its name, by which it counts as one.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"
copy=$work/copy

if [ -e "$work/sealed" ]; then exit 0; fi
# A claim that is full by now keeps no part of a copy.
trap '[ $? -eq 0 ] || rm -rf "$work"' EXIT
umask 007
read -r stamp <"$work/stamp"
version=''
[ ! -s "$work/version" ] || read -r version <"$work/version"
total=0
while read -r file _; do
  total=$((total + $(wc -c <"$copy/$file")))
done <"$copy/parts"
[ ! -e "$copies/$stamp" ] || fail "another run has taken $stamp"
last=$(whole_copies | tail -n 1)
# What is taken before a restore may be what is left.
if [ "${BEFORE:-}" != true ]; then
  if restoring || [ -n "$(find "$copies" -maxdepth 1 -name .restored -newer "$work/stamp")" ]; then
    fail "a restore has begun meanwhile: this is neither what was there before nor what came back"
  fi
  if [ -n "$last" ] && [ "${SMALLER:-}" != true ]; then
    before=$(sed -n 's/^size //p' "$copies/$last/info")
    [ $((total * 2)) -ge "${before:-0}" ] ||
      fail "$total bytes are less than half of the last copy, $before; where that is meant, SMALLER=true"
  fi
fi
{
  echo "backup $BACKUP"
  echo "platform $PLATFORM"
  echo "project $PROJECT"
  echo "service $SERVICE"
  echo "kind $KIND"
  echo "taken $stamp"
  echo "image $IMAGE"
  echo "image_id "
  echo "version $version"
  echo "size $total"
  echo "run $RUN"
} >"$copy/info"
(
  cd "$copy"
  sha256sum ./* >"$work/digests"
  sed 's|  \./|  |' "$work/digests" >"$work/sums"
)
mv "$work/sums" "$copy/SHA256SUMS"
sync
mv "$copy" "$copies/$stamp"
sync
printf '%s\n' "$BACKUP: $stamp, $total bytes" >&2
