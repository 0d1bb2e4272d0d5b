# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by the scripts that include it
# How a copy is taken, for backup.sh and for restore.sh, which keeps what it replaces.

# take NAME [restore]: one copy, in $copy, of $total bytes. Whatever fails ends it; what was begun goes. The second word marks one of
# what a restore replaces.
take() {
  local stamp last size file part folder
  backup "$1"
  mkdir -p "$b_folder"
  stamp=$(new_stamp)
  # Of runs that were killed.
  rm -rf "$b_folder"/.partial-*
  folder=$b_folder/.partial-$stamp
  last=$(newest "$1")
  trap 'rm -rf "$folder"' EXIT
  size=$(size_of_last "$last")
  room "$size"
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
    [ -z "${2-}" ] || echo "before $2"
  } >"$folder/info"
  (
    cd "$folder" || exit 1
    for file in *; do
      printf '%s  %s\n' "$(digest "$file")" "$file"
    done >../.sums
    mv ../.sums SHA256SUMS
  )
  verify_copy "$folder" || fail "$b_name: the copy is not whole; it is not kept"
  if [ -n "$size" ] && [ -z "$smaller" ] && [ $((total * 2)) -lt "$size" ]; then
    fail "$b_name: $total bytes are less than half of the last copy, $size; where that is meant, --smaller"
  fi
  # These files alone: the whole disk of a busy host takes minutes.
  sync "$folder"/* "$folder" 2>/dev/null || sync
  # Into a folder that is there it would be moved.
  [ ! -e "$b_folder/$stamp" ] || fail "$b_name: $b_folder/$stamp is there already"
  mv "$folder" "$b_folder/$stamp"
  sync "$b_folder" 2>/dev/null || sync
  trap - EXIT
  copy=$b_folder/$stamp
  log "$b_name: $copy, $total bytes"
}

# new_stamp: the name of a copy, which no other has: of two in the same second the other one waits.
new_stamp() {
  local stamp tries=0
  stamp=$(date -u +%Y%m%dT%H%M%SZ)
  while [ -e "$b_folder/$stamp" ]; do
    [ "$tries" -lt 5 ] || fail "$b_name: $b_folder/$stamp is there already: does the clock of this host stand still?"
    sleep 1
    tries=$((tries + 1))
    stamp=$(date -u +%Y%m%dT%H%M%SZ)
  done
  printf '%s' "$stamp"
}

# room SIZE: whether the disk holds another one like the last one.
room() {
  local free needed=$((64 * 1024))
  [ -z "$1" ] || needed=$(($1 / 819 + needed))
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
  [ -s "$folder/counts" ] || rm -f "$folder/counts"
  words=()
  backup_words "$b_service" check
  if [ ${#words[@]} -gt 0 ] && ! engine exec "$id" "${words[@]}" >&2; then
    log "$b_name: $b_service is not as it should be; see above"
  fi
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
      -c "$COUNTED" sh tar -c -z -f - -C /volume .
    printf '%s %s\n' "$file" "$volume" >>"$folder/parts"
  done 4<<<"$(volumes_to_copy "$b_service")"
  resume
  trap 'rm -rf "$folder"' EXIT
}
