#!/bin/sh
# finish.sh: removes what the run needed. Its one line of output is the copy that was taken: NAME STAMP.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"

read -r stamp <"$work/stamp"
rm -rf "$work"
printf '%s %s\n' "$BACKUP" "$stamp"
