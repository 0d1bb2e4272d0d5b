#!/bin/sh
# choose.sh: takes the copy that COPY names, or the newest one, where every file of it is the one that was written.
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

there=$(cd "$copies" && find . -maxdepth 2 -path './[0-9]*T*Z/SHA256SUMS' | sed 's|^\./||; s|/SHA256SUMS$||' | sort)
[ -n "$wanted" ] || wanted=$(printf '%s\n' "$there" | tail -n 1)
[ -n "$wanted" ] || fail "there is no copy; FROM names a place to fetch one from"
case $wanted in
  */* | .*) fail "$wanted is no copy" ;;
esac
[ -s "$copies/$wanted/SHA256SUMS" ] || fail "there is no $wanted; there are: $(printf '%s' "$there" | tr '\n' ' ')"
cd "$copies/$wanted"
if ! [ -s parts ] || ! [ -s info ]; then fail "$wanted is not whole: nothing is changed"; fi
while read -r file _; do
  grep -q "^[0-9a-f]\{64\}  $file\$" SHA256SUMS || fail "$wanted has no digest of $file: nothing is changed"
done <parts
while read -r _ file; do
  case $file in
    parts | info | counts) continue ;;
  esac
  grep -q "^$file " parts || fail "$wanted holds $file, which it does not name: nothing is changed"
done <SHA256SUMS
sha256sum -c SHA256SUMS >/dev/null || fail "$wanted is not whole: nothing is changed"
[ "$(sed -n 's/^kind //p' info)" = "$KIND" ] || fail "$wanted holds $(sed -n 's/^kind //p' info), and $BACKUP is of $KIND by now"
umask 007
rm -rf "$copies/.restore"
mkdir "$copies/.restore"
printf '%s\n' "$wanted" >"$copies/.restore/chosen"
printf '%s\n' "$BACKUP: $wanted, $(sed -n 's/^size //p' info) bytes of $SERVICE" >&2
