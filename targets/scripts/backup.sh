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
    log done
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
      take "$name"
    )
    status=$?
    set -e
    [ $status -eq 0 ] && continue
    failed="$failed $name"
    report_failure "$name"
  done
  [ -z "$failed" ] || fail "not taken:$failed"
  log done
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

# take NAME: one copy. Whatever fails ends it; what was begun goes.
take() {
  local stamp last begun total file part folder place
  backup "$1"
  begun=$(date +%s)
  stamp=$(date -u +%Y%m%dT%H%M%SZ)
  mkdir -p "$b_folder"
  # Of runs that were killed.
  rm -rf "$b_folder"/.partial-*
  folder=$b_folder/.partial-$stamp
  last=$(newest "$1")
  trap 'rm -rf "$folder"' EXIT
  room "$last"
  mkdir "$folder"
  if [ "$b_kind" = files ]; then save_files "$folder"; else save_dump "$folder"; fi
  total=0
  while read -r file part; do
    total=$((total + $(size "$folder/$file")))
  done <"$folder/parts"
  {
    echo "backup $b_name"
    echo "platform $PLATFORM"
    echo "project $PROJECT"
    echo "service $b_service"
    echo "kind $b_kind"
    echo "taken $stamp"
    echo "image $saved_image"
    echo "image_id $saved_image_id"
    echo "version $saved_version"
    echo "size $total"
  } >"$folder/info"
  (
    cd "$folder"
    for file in *; do
      [ "$file" = SHA256SUMS ] || printf '%s  %s\n' "$(digest "$file")" "$file"
    done >SHA256SUMS
  )
  verify_copy "$folder" || fail "$b_name: the copy is not whole; it is not kept"
  if [ -n "$last" ] && [ -z "$smaller" ] && [ $((total * 2)) -lt "$(known "$b_folder/$last" size)" ]; then
    fail "$b_name: $total bytes are less than half of the last copy, $(known "$b_folder/$last" size); where that is meant, --smaller"
  fi
  sync
  mv "$folder" "$b_folder/$stamp"
  trap - EXIT
  folder=$b_folder/$stamp
  log "$b_name: $folder, $total bytes"
  if [ -z "$local_only" ] && upload_wanted "$b_name"; then
    places "$b_name" >"$work/places"
    while read -r _ place <&4; do
      take_to "$folder" "$stamp" "$place"
    done 4<"$work/places"
  fi
  [ -n "$local_only" ] || publish_backup "$(date +%s)" 0 "$total" "$(($(date +%s) - begun))"
  prune "$b_name"
  printf '%s %s\n' "$b_name" "$folder"
}

# room COPY: whether the disk holds another one like the last one.
room() {
  local free needed=$((64 * 1024))
  [ -z "$1" ] || needed=$(($(known "$b_folder/$1" size) / 1024 * 5 / 4 + needed))
  free=$(df -Pk "$b_folder" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$needed" ] || fail "$b_name: $b_folder has $free KiB left, and $needed KiB are needed"
}

# save_dump FOLDER: the parts that the service names, by the command that its component has for it.
save_dump() {
  local folder=$1 id words part number=0 file names
  id=$(container "$b_service")
  [ -n "$id" ] || fail "$b_name: $b_service does not run"
  saved_image_id=$(engine inspect --format '{{.Image}}' "$id")
  saved_image=$(engine inspect --format '{{.Config.Image}}' "$id")
  saved_version=$(ask server_version "$id")
  names=-
  words=()
  backup_words "$b_service" parts
  if [ ${#words[@]} -gt 0 ]; then
    names=$(engine exec "$id" "${words[@]}") || fail "$b_name: $b_service does not say what there is to copy"
    [ -n "$names" ] || fail "$b_name: $b_service says that there is nothing to copy"
  fi
  counts before "$id" >"$folder/counts"
  while IFS= read -r part <&4; do
    number=$((number + 1))
    file=$(printf '%03d' "$number")
    [ "$part" = - ] || file=$file-$(printf '%s' "$part" | tr -c 'A-Za-z0-9_.-' _ | cut -c 1-80)
    file=$file.$b_suffix
    words=()
    backup_words "$b_service" save
    [ "$part" = - ] || words+=("$part")
    counted "$folder/$file" exec "$id" sh -c "$COUNTED" sh "${words[@]}"
    printf '%s %s\n' "$file" "$part" >>"$folder/parts"
  done 4<<<"$names"
  counts after "$id" >>"$folder/counts"
  [ -s "$folder/counts" ] || rm "$folder/counts"
}

# ask COMMAND CONTAINER: the first line that a command of the dump prints; nothing where there is none.
ask() {
  local words=()
  backup_words "$b_service" "$1"
  [ ${#words[@]} -gt 0 ] || return 0
  engine exec "$2" "${words[@]}" | head -n 1
}

# counts WHEN CONTAINER
counts() {
  local words=()
  backup_words "$b_service" count
  [ ${#words[@]} -gt 0 ] || return 0
  engine exec "$2" "${words[@]}" | sed "s/^/$1 /"
}

# counted FILE ARGUMENTS…: what the engine passes on of a container is what the command there wrote.
counted() {
  local file=$1 status wrote of_size of_digest
  shift
  engine "$@" >"$file" 2>"$work/said" || true
  read -r _ status of_size of_digest <<<"$(grep '^counted ' "$work/said" | tail -n 1)" || true
  grep -v '^counted ' "$work/said" >&2 || true
  [ -n "${of_digest:-}" ] || fail "$b_name: the container does not say what it wrote"
  [ "$status" = 0 ] || fail "$b_name: the command that copies ended with $status"
  wrote=$(size "$file")
  [ "$wrote" = "$of_size" ] || fail "$b_name: the container wrote $of_size bytes, and $wrote arrived"
  [ "$(digest "$file")" = "$of_digest" ] || fail "$b_name: other bytes arrived than the container wrote"
}

# save_files FOLDER: the volumes of a service, which stands still meanwhile where its files are no valid copy else.
save_files() {
  local folder=$1 id volume name number=0 file running=''
  id=$(container "$b_service")
  saved_image_id='' saved_image=$(image_of "$b_service") saved_version=''
  [ -z "$id" ] || saved_image_id=$(engine inspect --format '{{.Image}}' "$id")
  for name in $(to_stop "$b_service"); do
    [ -z "$(container "$name")" ] || running="$running $name"
  done
  if [ -n "$running" ]; then
    # Kept, so that the next run starts them, where this one is killed.
    printf '%s\n' "$running" >"$state/stopped"
    trap 'rm -rf "$folder"; resume' EXIT
    # shellcheck disable=SC2086 # names of services
    compose stop $running >&2
  fi
  while read -r volume <&4; do
    name=$(volume_of "$volume")
    [ -n "$name" ] || fail "$b_name: the volume $volume is not there"
    number=$((number + 1))
    file=$(printf '%03d' "$number")-$volume.tar.gz
    counted "$folder/$file" run --rm --network none --read-only --cap-drop ALL --cap-add DAC_READ_SEARCH \
      --security-opt no-new-privileges --tmpfs /tmp --volume "$name:/volume:ro" --entrypoint sh "$HELPER_IMAGE" \
      -c "$COUNTED" sh sh -c 'set -o pipefail; tar -c -f - -C /volume . | gzip'
    printf '%s %s\n' "$file" "$volume" >>"$folder/parts"
  done 4<<<"$(volumes_to_copy "$b_service")"
  resume
  trap 'rm -rf "$folder"' EXIT
}

# resume: starts what stands still for a copy.
resume() {
  [ -s "$state/stopped" ] || return 0
  # shellcheck disable=SC2046 # names of services
  compose start $(cat "$state/stopped") >&2
  rm -f "$state/stopped"
}

# take_to FOLDER STAMP PLACE: to a name that is new there; then it is read back.
take_to() {
  local folder=$1 stamp=$2
  place "$b_name" "$3"
  as_writer
  # A writer may neither list nor read: the store compares a digest with what arrived.
  transfer "$folder" ro copy /copy "$(place_path)/$stamp" --no-check-dest --s3-no-head --retries 3 >&2 ||
    fail "$b_name: it was not taken to $place_name"
  if [ -n "$(place_reader)" ]; then
    as_reader
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
  } | publish "$file"
}

main "$@"
