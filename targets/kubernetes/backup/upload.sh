#!/bin/sh
# upload.sh: takes the copy that was sealed to each of its places, and reads it back where an account may.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"

if [ "${BEFORE:-}" = true ]; then
  printf '%s\n' "$BACKUP: it stays in its claim, as all that is taken before a restore" >&2
  exit 0
fi
if ! upload_wanted; then
  printf '%s\n' "$BACKUP: it stays in its claim: the upload is switched off" >&2
  exit 0
fi
read -r stamp <"$work/stamp"
while read -r name number path reader options <&4; do
  # To a name that is new there. A writer may neither list nor read: the store compares a digest with what arrived.
  rclone copy "$copies/$stamp" "writer$number:$path/$stamp" --no-check-dest --s3-no-head --retries 3 </dev/null >&2 ||
    fail "it was not taken to $name"
  if [ "$reader" = reader ]; then
    # shellcheck disable=SC2086 # words, or none
    rclone check "$copies/$stamp" "reader$number:$path/$stamp" --one-way $options </dev/null >&2 ||
      fail "what lies in $name is not what was taken there"
  fi
  printf '%s\n' "$BACKUP: also in $name" >&2
done 4<"$here/places"
