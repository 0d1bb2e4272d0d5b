#!/bin/sh
# seal.sh: gives a copy that was verified its digests, and its name, by which it counts as one.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
copies=${COPIES:-/copies}
work=$copies/.work
copy=$work/copy

fail() {
  printf '%s\n' "$BACKUP: $*" >&2
  rm -rf "$work"
  exit 1
}

umask 007
read -r stamp <"$work/stamp"
version=''
[ ! -s "$work/version" ] || read -r version <"$work/version"
total=0
while read -r file _; do
  total=$((total + $(wc -c <"$copy/$file")))
done <"$copy/parts"
last=$(cd "$copies" && find . -maxdepth 2 -path './[0-9]*T*Z/SHA256SUMS' | sort | tail -n 1)
if [ -n "$last" ] && [ "${SMALLER:-}" != true ]; then
  before=$(sed -n 's/^size //p' "$copies/${last%/SHA256SUMS}/info")
  [ $((total * 2)) -ge "${before:-0}" ] ||
    fail "$total bytes are less than half of the last copy, $before; where that is meant, SMALLER=true"
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
} >"$copy/info"
(
  cd "$copy"
  sha256sum ./* | sed 's|  \./|  |' >"$work/sums"
)
mv "$work/sums" "$copy/SHA256SUMS"
sync
mv "$copy" "$copies/$stamp"
sync
printf '%s\n' "$BACKUP: $stamp, $total bytes" >&2
