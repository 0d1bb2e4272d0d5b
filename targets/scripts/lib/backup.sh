# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by the scripts that include it
# What backup.sh and restore.sh share: copies, how they are verified, and the places that they are taken to.
#
# A copy is a folder, BACKUPS/NAME/YYYYMMDDTHHMMSSZ, with a file for each part, and beside them
#   parts       the file and the name of each part
#   info        what it was made of: service, image, version of the server, sizes
#   counts      how much data there was before and after, where the service can say so
#   SHA256SUMS  the digest of every file
# It is made under another name, and gets its own when all of it has been read again. So what has such a name is whole.

# Set by `place`.
place_network='' place_endpoint='' place_bucket='' place_prefix='' place_region='' place_check='' place_name=''
place_writer_secret='' place_reader_secret=''
# The folder of all copies.
backups_folder=${BACKUPS:-$state/backups}
metrics_folder=${METRICS:-$state/metrics}

# Runs in a container, with a command behind it: passes on what the command writes, and reports on stderr how much that was and
# its digest. The engine may lose the end of a long output and still report success (moby/moby#49655).
# shellcheck disable=SC2016 # the shell of the container reads it
COUNTED='
d=$(mktemp -d) && mkfifo "$d/digest" "$d/size" || exit 1
trap "rm -rf \"$d\"" EXIT
sha256sum <"$d/digest" >"$d/digest.is" &
wc -c <"$d/size" >"$d/size.is" &
{
  "$@"
  echo $? >"$d/status"
} | tee "$d/digest" "$d/size"
tee=$?
wait
read -r digest rest <"$d/digest.is"
read -r size <"$d/size.is"
read -r status <"$d/status"
[ "$tee" = 0 ] || status=$tee
printf "counted %s %s %s\n" "$status" "$size" "$digest" >&2
exit "$status"
'

# digest FILE, size FILE
digest() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1" | cut -c 1-64
  else
    shasum -a 256 <"$1" | cut -c 1-64
  fi
}
size() { wc -c <"$1" | tr -d ' '; }

# check_digests FOLDER: every file of a copy is the one that was written, and none is missing.
check_digests() {
  (
    cd "$1" || exit 1
    [ -s SHA256SUMS ] && [ -s parts ] && [ -s info ] || exit 1
    while read -r _ file; do
      [ "$file" = parts ] || [ "$file" = info ] || [ "$file" = counts ] ||
        grep -q "^$file " parts || exit 1
    done <SHA256SUMS
    while read -r file _; do
      grep -q "^[0-9a-f]\{64\}  $file\$" SHA256SUMS || exit 1
    done <parts
    if command -v sha256sum >/dev/null; then
      sha256sum --check --quiet --strict SHA256SUMS >&2
    else
      shasum -a 256 --check --quiet SHA256SUMS >&2
    fi
  )
}

# backup NAME: what is declared of it.
backup() {
  local line
  line=$(backups | awk -v name="$1" '$1 == name')
  [ -n "$line" ] || fail "no backup is called $1; there are: $(backups | cut -d ' ' -f 1 | tr '\n' ' ')" 2
  read -r b_name b_service b_kind b_keep b_retention b_alert b_suffix b_drill <<<"$line"
  b_folder=$backups_folder/$b_name
}

# all_copies NAME: the names of its whole copies, the oldest first. Those that a restore took of what it replaced are among them.
all_copies() {
  local found
  for found in "$backups_folder/$1"/[0-9]*T*Z; do
    [ -s "$found/SHA256SUMS" ] && basename "$found"
  done
  return 0
}

# is_of_restore NAME COPY: whether a restore took it of what it replaced. Such a copy is restored by its name alone.
is_of_restore() { grep -qsx 'before restore' "$backups_folder/$1/$2/info"; }

# copies NAME, copies_of_restores NAME: of all, those that were taken as backups, and the others.
copies() {
  local found
  for found in $(all_copies "$1"); do
    is_of_restore "$1" "$found" || echo "$found"
  done
}
copies_of_restores() {
  local found
  for found in $(all_copies "$1"); do
    ! is_of_restore "$1" "$found" || echo "$found"
  done
}

# not_from_future, from_future: of names of copies, those that are not from the future, or the others. A clock that was ahead makes such names.
not_from_future() { awk -v now="$(date -u +%Y%m%dT%H%M%SZ)" '$1 <= now'; }
from_future() { awk -v now="$(date -u +%Y%m%dT%H%M%SZ)" '$1 > now'; }

# newest NAME: the last backup; one from the future only where there is no other.
newest() {
  local found
  found=$(copies "$1" | not_from_future | tail -n 1)
  [ -n "$found" ] || found=$(copies "$1" | tail -n 1)
  printf '%s' "$found"
}

# known COPY KEY: a line of its side file.
known() { sed -n "s/^$2 //p" "$1/info" | head -n 1; }

# container SERVICE: its container where it runs, else nothing.
container() { compose ps --quiet --status running "$1" | head -n 1; }

# size_of_last COPY: of the last copy of the backup, for what comes next; nothing where there is none, or where it is damaged.
size_of_last() {
  local size=''
  [ -n "$1" ] || return 0
  [ ! -r "$b_folder/$1/info" ] || size=$(known "$b_folder/$1" size)
  case $size in
    '' | *[!0-9]*) log "$b_name: $b_folder/$1 is damaged: it does not say its size, and counts for nothing" ;;
    *) printf '%s' "$size" ;;
  esac
}

# unfinished_restore SERVICE: where a restore that did not come to its end says what stands still (the first line), and where what it
# replaced is (the second).
unfinished_restore() { printf '%s' "$state/restore.$1"; }

# resume: starts what stands still for a copy, also of a run that was killed.
resume() {
  [ -s "$state/stopped" ] || return 0
  # shellcheck disable=SC2046 # names of services
  compose start $(cat "$state/stopped") >&2 || return 1
  rm -f "$state/stopped"
}

# volume_of VOLUME, network_of NETWORK: what the engine calls one of the compose file.
volume_of() {
  engine volume ls --quiet --filter "label=com.docker.compose.project=$PROJECT" \
    --filter "label=com.docker.compose.volume=$1" | head -n 1
}
network_of() {
  engine network ls --format '{{.Name}}' --filter "label=com.docker.compose.project=$PROJECT" \
    --filter "label=com.docker.compose.network=$1" | head -n 1
}

# alone ARGUMENTS…: a container that can do nothing but read its input and write its output.
alone() {
  engine_piped run --rm --network none --read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp "$@"
}

# verify_part KIND SERVICE IMAGE FILE PART: reads all of it, to the end that its format has.
verify_part() {
  local kind=$1 service=$2 image=$3 file=$4 part=$5 words
  [ -s "$file" ] || return 1
  if [ "$kind" = files ]; then
    gzip -dc "$file" 2>/dev/null | tar -tf - >/dev/null 2>&1 || return 1
    # An archive ends with two blocks of zeros.
    [ "$(gzip -dc "$file" | tail -c 1024 | tr -d '\000' | wc -c | tr -d ' ')" = 0 ]
    return
  fi
  words=()
  backup_words "$service" verify
  [ ${#words[@]} -gt 0 ] || return 0
  [ "$part" = - ] || words+=("$part")
  alone --interactive --entrypoint "${words[0]}" "$image" "${words[@]:1}" <"$file" >&2
}

# answers: whether there is an engine to ask.
answers() { engine version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# verify_copy FOLDER: digests, then every part to its end. It ends with 3 where that could not be done, which says nothing of the copy.
verify_copy() {
  local copy=$1 kind service image file part
  check_digests "$copy" || return 1
  kind=$(known "$copy" kind) service=$(known "$copy" service)
  case $kind in
    files) ;;
    dump) answers || {
      log "the engine does not answer: $copy could not be verified"
      return 3
    } ;;
    *)
      log "$copy holds neither files nor a dump"
      return 1
      ;;
  esac
  image=$(verifying_image "$service" "$copy")
  while read -r file part <&4; do
    verify_part "$kind" "$service" "$image" "$copy/$file" "$part" </dev/null || {
      # The engine's own (docs.docker.com, "docker run", exit status).
      if [ $? = 125 ]; then
        log "$copy could not be verified: no container of $image could be started"
        return 3
      fi
      log "$copy/$file is not whole"
      return 1
    }
  done 4<"$copy/parts"
}

# verifying_image SERVICE COPY: the image that the copy was made by, where it is here, else that of today.
verifying_image() {
  local id
  id=$(known "$2" image_id)
  if [ -n "$id" ] && engine image inspect "$id" >/dev/null 2>&1; then
    printf '%s' "$id"
  else
    image_of "$1"
  fi
}

# place_file KEY SECRET: what the client of object stores reads, in a file that nobody else reads.
place_file() {
  umask 077
  {
    echo RCLONE_CONFIG=
    echo RCLONE_CONFIG_PLACE_TYPE=s3
    echo RCLONE_CONFIG_PLACE_PROVIDER=Other
    printf 'RCLONE_CONFIG_PLACE_ENDPOINT=%s\n' "$place_endpoint"
    printf 'RCLONE_CONFIG_PLACE_ACCESS_KEY_ID=%s\n' "$1"
    printf 'RCLONE_CONFIG_PLACE_SECRET_ACCESS_KEY=%s\n' "$2"
    [ -z "$place_region" ] || printf 'RCLONE_CONFIG_PLACE_REGION=%s\n' "$place_region"
    # The bucket is there; to look whether it is takes a right that a writer has not.
    echo RCLONE_CONFIG_PLACE_NO_CHECK_BUCKET=true
  } >"$work/place"
}

# transfer FOLDER MODE COMMAND…: the client, with a folder of the host at /copy.
transfer() {
  local folder=$1 mode=$2 network=bridge
  shift 2
  if [ -n "$place_network" ]; then
    network=$(network_of "$place_network")
    [ -n "$network" ] || fail "the network $place_network is not there: is the platform started?"
  fi
  engine run --rm --network "$network" --read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp \
    --user "$(id -u):$(id -g)" --env-file "$work/place" --volume "$folder:/copy:$mode" "$TRANSFER_IMAGE" "$@"
}

# place_path: where the copies of a backup lie in a place.
place_path() { printf 'place:%s' "$place_bucket/${place_prefix:+$place_prefix/}$b_name"; }

# as_account writer|reader: the account that the next transfers are made with.
as_account() {
  local secret=$place_writer_secret
  [ "$1" = writer ] || secret=$place_reader_secret
  [ -n "$secret" ] || fail "$place_name: no account is declared that may do that there ($1)"
  may_ask "$secret"
  [ -n "$(value "$secret")" ] || fail "$place_name: $secret is not set in $env_file"
  place_file "$(place_key "$b_name" "$place_name" "$1")" "$(value "$secret")"
}

# publish FILE: puts a file of metrics in its place as a whole, so that the exporter, which is another user, can read it.
publish() {
  local folder file=$1 new
  folder=$metrics_folder
  # The exporter reads what ends with `.prom`; each run writes a file of its own until it is whole.
  new=$folder/.$file.$$
  if ! mkdir -p "$folder" 2>/dev/null || ! [ -w "$folder" ]; then
    log "the metrics of backups are not written: $folder cannot be written to"
    cat >/dev/null
    return 0
  fi
  cat >"$new"
  chmod 0644 "$new"
  mv "$new" "$folder/$file"
}

# metric NAME BACKUP FILE: the value that was published last.
published() {
  [ -r "$metrics_folder/$3" ] || return 0
  sed -n "s/^$1{backup=\"$2\",.*} //p" "$metrics_folder/$3" | head -n 1
}
