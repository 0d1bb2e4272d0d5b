#!/usr/bin/env bash
# backup.sh [NAME…]: takes the backups of the platform; all of them where none is named.
#
#   --list       what is declared, and the copies on this host
#   --local      leaves the copies on this host, wherever else they are to go
#   --smaller    takes a copy that is less than half as large as the last one
#   --declare    writes for the metrics which backups there are, and takes none
#   --resume     starts what a backup that was killed left stopped, and takes none
#   --dry-run    says what it would do
#   --help
#
# A copy is read to its end and compared before it gets its name; a run that fails leaves the copies before it as they are.
# Each copy is a line on stdout: NAME FOLDER. It ends with 0 where every copy is whole, and where it is to be.
. "$(dirname "$0")/lib/common.sh"
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
      --dry-run) dry_run=1 ;;
      --help | -h)
        help
        exit 0
        ;;
      -*) usage "$1 is no option" ;;
      *) names="$names $1" ;;
    esac
    shift
  done
  [ -n "$names" ] || names=$(backups | cut -d ' ' -f 1)
  for name in $names; do backup "$name"; done
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

list() {
  local copy
  backup "$1"
  echo "$b_name: of $b_service, kept: $b_keep at least${b_retention:+, removed after $b_retention s}, in $b_folder"
  for copy in $(copies "$1"); do
    echo "  $copy  $(known "$b_folder/$copy" size) bytes  ${b_service} $(known "$b_folder/$copy" version)"
  done
  places "$1" | while read -r _ place; do
    place "$b_name" "$place"
    echo "  also in $place ($place_bucket at $place_endpoint)"
  done
}

plan() {
  backup "$1"
  log "would copy $b_service ($b_kind) to $b_folder, verify the copy, and keep $b_keep at least"
  places "$1" | while read -r _ place; do
    log "would take it to $place, where that is switched on"
  done
}

# one NAME: a copy, in all its places, and what the metrics say of it.
one() {
  local begun place
  begun=$(date +%s)
  take "$1"
  if [ -z "$local_only" ] && upload_wanted "$b_name"; then
    places "$b_name" >"$work/places"
    while read -r _ place <&4; do
      take_to "$copy" "$(basename "$copy")" "$place"
    done 4<"$work/places"
  fi
  [ -n "$local_only" ] || publish_backup "$(date +%s)" 0 "$total" "$(($(date +%s) - begun))"
  prune "$b_name"
  printf '%s %s\n' "$b_name" "$copy"
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

# prune NAME: removes copies that are old enough and not among those to keep. The newest is always among those.
prune() {
  local copy total at=0 age now
  now=$(date +%s)
  total=$(copies "$1" | wc -l)
  for copy in $(copies "$1"); do
    at=$((at + 1))
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
