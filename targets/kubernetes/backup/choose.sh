#!/bin/sh
# choose.sh: takes the copy that COPY names, the one that was fetched, or the newest one, where every file of it is as it was written.
# COPY=list names those that there are, and restores none.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"
wanted=${COPY:-}

umask 007
for other in "$copies"/.restore.*; do
  if passed "$other"; then rm -rf "$other"; fi
done
mkdir -p "$restore"
echo $(($(date +%s) + RESTORE_SECONDS)) >"$restore/until"
all() { { whole_copies && whole_copies -before; } | sort | tr '\n' ' '; }
[ "$wanted" != list ] || fail "nothing is restored; there are: $(all)"
if [ -z "$wanted" ] && [ -s "$restore/wanted" ]; then
  read -r wanted <"$restore/wanted"
fi
# One that was taken before a restore holds what was to be replaced: it is taken where it is named alone.
[ -n "$wanted" ] || wanted=$(whole_copies | tail -n 1)
[ -n "$wanted" ] || fail "there is no copy; FROM names a place to fetch one from"
case $wanted in
  */* | .*) fail "$wanted is no copy" ;;
esac
[ -s "$copies/$wanted/SHA256SUMS" ] || fail "there is no $wanted; there are: $(all)"
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
printf '%s\n' "$wanted" >"$restore/chosen"
printf '%s\n' "$BACKUP: $wanted, $(sed -n 's/^size //p' info) bytes of $SERVICE" >&2
