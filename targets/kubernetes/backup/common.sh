# shellcheck shell=sh disable=SC2034,SC2154 # the programs beside it read it, and facts.sh stands before it
# What the programs have in common: their folders, and whether a copy is being restored.
copies=${COPIES:-/copies}
# Each pod has folders of its own: two pods at once, or one that ends slowly, do not meet.
: "${POD:?}" "${RUN:?}"
work=$copies/.work.$POD
restore=$copies/.restore.$POD

fail() {
  printf '%s\n' "$BACKUP: $*" >&2
  exit 1
}

# whole_copies [SUFFIX]: their names, the oldest first. The name of one that was taken before a restore ends with `-before`: it is
# not among them, so it is never the newest, and does not count.
whole_copies() {
  (cd "$copies" && find . -maxdepth 2 -path "./[0-9]*T*Z${1:-}/SHA256SUMS" | sed 's|^\./||; s|/SHA256SUMS$||' | sort)
}

# passed FOLDER: whether the time that its file `until` names is over.
passed() {
  [ -s "$1/until" ] && [ "$(date +%s)" -gt "$(cat "$1/until")" ]
}

# restoring: whether a restore runs, or failed in the middle. A day ends that, since no Job of a restore lives longer.
restoring() {
  [ -d "$copies/.restoring" ] && ! passed "$copies/.restoring"
}
