#!/bin/sh
# save.sh: copies the data of the service, part by part, into a folder that is no copy yet. It runs in the service's image, and
# writes what scripts/backup.sh writes on a host.
# shellcheck disable=SC2154 # facts.sh and common.sh set what all of them have
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/facts.sh"
# shellcheck source=/dev/null
. "$here/common.sh"
copy=$work/copy

# counts WHEN: how much data there is, where the service can say so.
counts() {
  [ -n "$COUNTED" ] || return 0
  count >"$work/counted"
  sed "s/^/$1 /" "$work/counted" >>"$copy/counts"
}

# room: whether the claim holds another copy like the last one, by the same reckoning as on a host: a quarter more, and 64 MiB.
# What a file system does not say is no reason to take no copy.
room() {
  last=''
  for folder in "$copies"/[0-9]*T*Z; do
    [ ! -s "$folder/SHA256SUMS" ] || last=$folder
  done
  size=''
  [ -z "$last" ] || size=$(sed -n 's/^size //p' "$last/info")
  case $size in '' | *[!0-9]*) size=0 ;; esac
  needed=$((size / 819 + 64 * 1024))
  free=$(df -Pk "$copies" | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9]*% .*/\1/p') || free=''
  if [ -z "$free" ]; then
    printf '%s\n' "$BACKUP: how much room the claim of copies has is not known" >&2
    return 0
  fi
  [ "$free" -ge "$needed" ] ||
    fail "the claim of copies has $free KiB left, and $needed KiB are needed: nothing is copied; enlarge it (size of the backup), or keep fewer copies"
}

# save_dump: the parts that the service names, by the command that its component has for it.
save_dump() {
  if [ -n "$PARTS" ]; then
    parts >"$work/names"
    [ -s "$work/names" ] || fail "$SERVICE says that there is nothing to copy"
  else
    echo - >"$work/names"
  fi
  if [ -n "$VERSIONED" ]; then
    server_version >"$work/version"
  fi
  counts before
  number=0
  while IFS= read -r part <&4; do
    number=$((number + 1))
    file=$(printf '%03d' "$number")
    if [ "$part" = - ]; then
      file=$file.$SUFFIX
      save </dev/null >"$copy/$file"
    else
      file=$file-$(printf '%s' "$part" | tr -c 'A-Za-z0-9_.-' _ | cut -c 1-80).$SUFFIX
      save "$part" </dev/null >"$copy/$file"
    fi
    printf '%s %s\n' "$file" "$part" >>"$copy/parts"
  done 4<"$work/names"
  counts after
  if [ -n "$CHECKED" ] && ! check >&2; then
    printf '%s\n' "$BACKUP: $SERVICE is not as it should be; see above" >&2
  fi
}

# save_files: the volumes of the service, which are mounted below /volumes.
save_files() {
  number=0
  for volume in $VOLUMES; do
    number=$((number + 1))
    file=$(printf '%03d' "$number")-$volume.tar.gz
    tar -c -z -f "$copy/$file" -C "${FILES:-/volumes}/$volume" .
    printf '%s %s\n' "$file" "$volume" >>"$copy/parts"
  done
}

# is_scheduled POD TIME: whether a pod that copied at that time is one of the schedule: its Job is called by the minute that it was due
# (kubernetes/kubernetes:pkg/controller/cronjob/utils.go, `getTimeHashInMinutes`), and a person's own Job is not.
is_scheduled() {
  minute=$(printf '%s' "$1" | sed -n 's/.*-\([0-9]\{8\}\)-[a-z0-9]\{5\}$/\1/p')
  [ -n "$minute" ] || return 1
  late=$(($2 - minute * 60))
  [ "$late" -ge -60 ] && [ "$late" -le $((TAKE_SECONDS + 86400)) ]
}

# is_of_schedule_before FOLDER: whether a run of the schedule left it, and this is a later one.
is_of_schedule_before() {
  [ -s "$1/until" ] || return 1
  is_scheduled "$POD" "$(date +%s)" && is_scheduled "${1##*/.work.}" $(($(cat "$1/until") - TAKE_SECONDS))
}

# The pod's group reads and removes what other containers of it wrote.
umask 007
# A copy of what is half restored would push a good one out.
if [ "${BEFORE:-}" != true ] && restoring; then
  [ "${UNLOCK:-}" = true ] ||
    fail "a restore runs, or failed within the last day: what is there now is not kept; where that is over, UNLOCK=true"
  rm -rf "$copies/.restoring"
fi
# Of earlier pods of this Job, and of Jobs that are over: none lives as long, and of the Jobs of a schedule there is one at a time.
for other in "$copies"/.work.*; do
  if passed "$other" || [ "$(cat "$other/run" 2>/dev/null)" = "$RUN" ] || is_of_schedule_before "$other"; then rm -rf "$other"; fi
done
rm -rf "$work"
mkdir "$work"
printf '%s\n' "$RUN" >"$work/run"
echo $(($(date +%s) + TAKE_SECONDS)) >"$work/until"
# An earlier pod of this Job has sealed a copy, and failed behind that: what is left is done with the same copy.
sealed=$(grep -lx "run $RUN" "$copies"/[0-9]*T*Z*/info 2>/dev/null | head -n 1) || true
if [ -n "$sealed" ] && [ -s "${sealed%/info}/SHA256SUMS" ]; then
  sealed=${sealed%/info}
  printf '%s\n' "${sealed##*/}" >"$work/stamp"
  : >"$work/sealed"
  printf '%s\n' "$BACKUP: ${sealed##*/} was sealed by an earlier try" >&2
  exit 0
fi
# What was begun needs room that the next run wants.
trap 'rm -rf "$work"' EXIT
room
mkdir "$copy"
stamp=$(date -u +%Y%m%dT%H%M%SZ)
# A run may end within the second in which another one began.
while [ -e "$copies/$stamp" ] || [ -e "$copies/$stamp-before" ]; do
  sleep 1
  stamp=$(date -u +%Y%m%dT%H%M%SZ)
done
[ "${BEFORE:-}" != true ] || stamp=$stamp-before
printf '%s\n' "$stamp" >"$work/stamp"
"save_$KIND"
trap - EXIT
printf '%s\n' "$BACKUP: $SERVICE is copied" >&2
