#!/usr/bin/env bash
# backup.sh [NAME…]: takes the backups of the platform; all of them where none is named.
#
#   --list       what is declared, and the copies on this host
#   --local      leaves the copies on this host, wherever else they are to go
#   --smaller    takes a copy that is less than half as large as the last one
#   --declare    writes for the metrics which backups there are, and takes none
#   --resume     starts what a backup that was killed left stopped, and takes none
#   --wait SECONDS  waits for what else is at work, so long at most, and counts as failed behind that: timers call it so
#   --dry-run    says what it would do
#   --help
#
# A copy is read to its end and compared before it gets its name; a run that fails leaves the copies before it as they are.
# Each copy is a line on stdout: NAME FOLDER. It ends with 0 where every copy is whole, and where it is to be.
. "$(dirname "$(readlink -f "$0" 2>/dev/null || printf '%s' "$0")")/lib/common.sh" || exit 2
# shellcheck source=lib/backup.sh
. "$root/scripts/lib/backup.sh"
# shellcheck source=lib/copy.sh
. "$root/scripts/lib/copy.sh"

main() {
  local names='' name failed='' status list='' declare='' resume=''
  local_only='' smaller=''
  while [ $# -gt 0 ]; do
    case $1 in
      --list) list=1 ;;
      --local) local_only=1 ;;
      --smaller) smaller=1 ;;
      --declare) declare=1 ;;
      --resume) resume=1 ;;
      --wait)
        wait_for "${2-}"
        on_locked=missed
        shift
        ;;
      --dry-run) dry_run=1 ;;
      --help | -h)
        help
        exit 0
        ;;
      -*) usage "$1 is no option" ;;
      '' | *[!A-Za-z0-9_.-]*) fail "no backup is called $1; there are: $(backups | cut -d ' ' -f 1 | tr '\n' ' ')" 2 ;;
      *) names="$names $1" ;;
    esac
    shift
  done
  [ -n "$names" ] || names=$(backups | cut -d ' ' -f 1)
  for name in $names; do backup "$name"; done
  # Switches stand in it; what is declared is listed without one as well.
  # shellcheck disable=SC2034 # read by lib/env.sh
  quoted=' '
  [ ! -r "$env_file" ] || load_env
  if [ -n "$list" ]; then
    for name in $names; do list "$name"; done
    exit 0
  fi
  need "$DOCKER" gzip tar sed awk
  if [ -n "$dry_run" ]; then
    for name in $names; do plan "$name"; done
    log "done"
    exit 0
  fi
  umask 077
  lock
  load_env
  scratch
  resume
  [ -z "$resume" ] || exit 0
  declared
  [ -z "$declare" ] || exit 0
  for name in $names; do
    # Not within a condition, where a failure would not end it.
    set +e
    (
      set -e
      one "$name"
    )
    status=$?
    set -e
    [ $status -eq 0 ] && continue
    failed="$failed $name"
    report_failure "$name"
  done
  [ -z "$failed" ] || fail "not taken:$failed"
  log "done"
}

# missed: the lock was not to be had, so no copy is taken of what is due.
missed() {
  local name
  scratch
  for name in $names; do report_failure "$name"; done
}

# remark NAME COPY: what a person should know of it.
remark() { ! is_of_restore "$1" "$2" || printf '  of before a restore'; }

list() {
  local copy
  backup "$1"
  echo "$b_name: of $b_service, kept: $b_keep at least${b_retention:+, removed after $b_retention s}, in $b_folder"
  for copy in $(all_copies "$1"); do
    if [ ! -r "$b_folder/$copy/info" ]; then
      echo "  $copy  is damaged: it has no info"
      continue
    fi
    echo "  $copy  $(known "$b_folder/$copy" size) bytes  ${b_service} $(known "$b_folder/$copy" version)$(remark "$1" "$copy")"
  done
  places "$1" | while read -r _ place; do
    place "$b_name" "$place"
    if upload_wanted "$b_name"; then
      echo "  also in $place ($place_bucket at $place_endpoint)"
    else
      echo "  not taken to $place ($place_bucket at $place_endpoint)$(upload_switch "$b_name")"
    fi
  done
}

plan() {
  backup "$1"
  log "would copy $b_service ($b_kind) to $b_folder, verify the copy, and keep $b_keep at least"
  places "$1" | while read -r _ place; do
    if upload_wanted "$1"; then
      log "would take it to $place"
    else
      log "would not take it to $place$(upload_switch "$1")"
    fi
  done
}

# one NAME: a copy, in all its places, and what the metrics say of it.
one() {
  local begun place ahead still
  begun=$(date +%s)
  take "$1"
  if [ -s "$(unfinished_restore "$b_service")" ]; then
    still=$(head -n 1 "$(unfinished_restore "$b_service")")
    log "$b_name: a restore of $b_service did not come to its end, and this is a copy of what it left; these stand still:${still:- nothing}"
  fi
  if [ -z "$local_only" ] && upload_wanted "$b_name"; then
    places "$b_name" >"$work/places"
    while read -r _ place <&4; do
      take_to "$copy" "$(basename "$copy")" "$place"
    done 4<"$work/places"
  fi
  [ -n "$local_only" ] || publish_backup "$(date +%s)" 0 "$total" "$(($(date +%s) - begun))"
  copies "$b_name" | not_from_future | prune "${copy##*/}"
  copies_of_restores "$b_name" | not_from_future | prune ''
  printf '%s %s\n' "$b_name" "$copy"
  ahead=$(all_copies "$b_name" | from_future | tr '\n' ' ')
  [ -z "$ahead" ] || fail "$b_name: by their names these copies are from the future, so the clock was ahead, or is behind now: ${ahead}in $b_folder. The copy was taken; set the clock, and move them away or give them their time"
}

# take_to FOLDER STAMP PLACE: to a name that is new there; then it is read back.
take_to() {
  local folder=$1 stamp=$2
  place "$b_name" "$3"
  as_account writer
  # A writer may neither list nor read: the store compares a digest with what arrived.
  transfer "$folder" ro copy /copy "$(place_path)/$stamp" --no-check-dest --s3-no-head --retries 3 >&2 ||
    fail "$b_name: it was not taken to $place_name"
  if [ -n "$place_reader_secret" ]; then
    as_account reader
    # shellcheck disable=SC2086 # words, or none
    transfer "$folder" ro check /copy "$(place_path)/$stamp" --one-way $place_check >&2 ||
      fail "$b_name: what lies in $place_name is not what was taken there"
  fi
  log "$b_name: also in $place_name"
}

# prune TAKEN: of the copies on standard input, the oldest first, removes those that are old enough and not among those to keep. The
# newest is always among those, and so is the one that was just taken.
prune() {
  local copy all total at=0 age now
  now=$(date +%s)
  all=$(cat)
  [ -n "$all" ] || return 0
  total=$(printf '%s\n' "$all" | wc -l)
  for copy in $all; do
    at=$((at + 1))
    [ "$copy" != "$1" ] || continue
    [ $((total - at)) -ge "$b_keep" ] || break
    if [ "$b_retention" != - ]; then
      age=$((now - $(seconds "$copy")))
      [ "$age" -gt "$b_retention" ] || break
    fi
    log "$b_name: $copy is removed"
    rm -rf "${b_folder:?}/$copy"
  done
}

# seconds STAMP: since 1970. Reckoned here, because `date` reads times in other ways from system to system.
seconds() {
  printf '%s\n' "$1" | awk '{
    y = substr($1, 1, 4); m = substr($1, 5, 2); d = substr($1, 7, 2)
    if (m <= 2) { y -= 1; m += 12 }
    days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + d - 719469
    printf "%d\n", days * 86400 + substr($1, 10, 2) * 3600 + substr($1, 12, 2) * 60 + substr($1, 14, 2)
  }'
}

# publish_backup SUCCESS FAILED SIZE DURATION: the metrics of a backup. A success is replaced by a later one alone.
publish_backup() {
  local labels="backup=\"$b_name\",platform=\"$PROJECT\""
  {
    if [ -n "$1" ]; then
      echo "# HELP backup_last_success_timestamp_seconds When the last copy was whole, and where it is to be."
      echo "# TYPE backup_last_success_timestamp_seconds gauge"
      echo "backup_last_success_timestamp_seconds{$labels} $1"
    fi
    if [ -n "$3" ]; then
      echo "# HELP backup_last_size_bytes The size of that copy."
      echo "# TYPE backup_last_size_bytes gauge"
      echo "backup_last_size_bytes{$labels} $3"
    fi
    if [ -n "$4" ]; then
      echo "# HELP backup_last_duration_seconds How long it took."
      echo "# TYPE backup_last_duration_seconds gauge"
      echo "backup_last_duration_seconds{$labels} $4"
    fi
    echo "# HELP backup_failed Whether the last run failed."
    echo "# TYPE backup_failed gauge"
    echo "backup_failed{$labels} $2"
  } | publish "$PROJECT-backup-$b_name.prom"
}

report_failure() {
  local file
  backup "$1"
  [ -z "$local_only" ] || return 0
  file=$PROJECT-backup-$1.prom
  publish_backup "$(published backup_last_success_timestamp_seconds "$1" "$file")" 1 \
    "$(published backup_last_size_bytes "$1" "$file")" "$(published backup_last_duration_seconds "$1" "$file")"
}

# declared: since when each backup is declared, and how old its last success may be: so one rule is true of all of them, from the
# first day on.
declared() {
  local file=$PROJECT-backups.prom name since
  {
    echo "# HELP backup_declared_timestamp_seconds Since when this host is to take the backup."
    echo "# TYPE backup_declared_timestamp_seconds gauge"
    for name in $(backups | cut -d ' ' -f 1); do
      since=$(published backup_declared_timestamp_seconds "$name" "$file")
      echo "backup_declared_timestamp_seconds{backup=\"$name\",platform=\"$PROJECT\"} ${since:-$(date +%s)}"
    done
    echo "# HELP backup_max_age_seconds How old the last success may be."
    echo "# TYPE backup_max_age_seconds gauge"
    for name in $(backups | cut -d ' ' -f 1); do
      backup "$name"
      echo "backup_max_age_seconds{backup=\"$name\",platform=\"$PROJECT\"} $b_alert"
    done
    echo "# HELP backup_drill_max_age_seconds How old the last drill may be."
    echo "# TYPE backup_drill_max_age_seconds gauge"
    for name in $(backups | cut -d ' ' -f 1); do
      backup "$name"
      [ "$b_drill" = - ] || echo "backup_drill_max_age_seconds{backup=\"$name\",platform=\"$PROJECT\"} $b_drill"
    done
  } | publish "$file"
}

main "$@"
