#!/bin/sh
# compare.sh: whether as much is there as was there when the copy was taken. Its one line of output is the copy that was restored:
# NAME STAMP.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"
# shellcheck source=/dev/null
. "$here/counts.sh"
read -r chosen <"$restore/chosen"

if [ -e "$restore/restored" ]; then
  same_counts "$copies/$chosen/counts" "$restore/restored" >&2 || {
    : >"$copies/.restoring/failed"
    fail "$SERVICE holds other data than $chosen"
  }
fi
umask 007
# What a run that goes on at this time took is refused: it is of before and after.
: >"$copies/.restored"
rm -rf "$copies/.restoring" "$restore"
printf '%s %s\n' "$BACKUP" "$chosen"
