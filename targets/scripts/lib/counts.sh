# shellcheck shell=sh
# How much data there is, for restore.sh and for the pods of a cluster that bring a copy back.

# same_counts COUNTS RESTORED: whether as much was restored as was there when the copy was taken. COUNTS holds a line for each number,
# `before` or `after` in front of it. Where something was written meanwhile, between both, give or take a hundredth. It names each
# number that differs, and says how many it compared.
same_counts() {
  awk '
    function name() { sub(/^[^ ]+ [^ ]+ /, ""); return $0 }
    # A program may warn on its way.
    (FILENAME == ARGV[2] ? $1 : $2) !~ /^[0-9]+$/ { next }
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
    }' "$1" "$2"
}
