#!/bin/sh
# compare.sh: whether as much is there as was there when the copy was taken. Where something was written meanwhile, between both
# counts, give or take a hundredth. Its one line of output is the copy that was restored: NAME STAMP.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"
read -r chosen <"$restore/chosen"

if [ -e "$restore/restored" ]; then
  awk '
    function name() { sub(/^[^ ]+ [^ ]+ /, ""); return $0 }
    FILENAME == ARGV[2] { n = $1; sub(/^[^ ]+ /, ""); restored[$0] = n; next }
    { when = $1; n = $2; what = name(); if (when == "before") before[what] = n; else after[what] = n }
    END {
      for (what in before) if (what in after && before[what] != after[what]) moved = 1
      for (what in before) {
        if (!(what in after)) continue
        low = before[what] < after[what] ? before[what] : after[what]
        high = before[what] < after[what] ? after[what] : before[what]
        slack = moved ? high / 100 : 0
        compared++
        if (!(what in restored)) { print what ": not there, and there were " high; bad = 1 }
        else if (restored[what] < low - slack || restored[what] > high + slack) { print what ": " restored[what] ", and there were " low " to " high; bad = 1 }
      }
      print compared + 0 " numbers compared"
      exit bad
    }' "$copies/$chosen/counts" "$restore/restored" >&2 || {
    : >"$copies/.restoring/failed"
    fail "$SERVICE holds other data than $chosen"
  }
fi
umask 007
# What a run that goes on at this time took is refused: it is of before and after.
: >"$copies/.restored"
rm -rf "$copies/.restoring" "$restore"
printf '%s %s\n' "$BACKUP" "$chosen"
