#!/usr/bin/env bash
# restore.sh [COPY]: brings data back from a copy. COPY is a folder, NAME/STAMP, NAME for the newest copy of a backup, or `latest`
# where there is one backup alone.
#
#   --list         the copies on this host; with --from, those that lie there
#   --verify       reads the copy to its end, and changes nothing
#   --drill        restores it into a scratch server, or scratch volumes, beside the platform, compares, and removes them
#   --from PLACE   fetches the copy first, with the account that may read there
#   --yes          restores it for real: what is there now is replaced
#   --no-copy      takes no copy of what is there now first
#   --other-platform  takes a copy of another platform, or of another environment of this one
#   --older        restores into a server that is older than the one that the copy was made of
#   --wait SECONDS  waits for what else is at work, so long at most: timers call it so
#   --dry-run      says what it would do
#   --help
#
# Without --verify, --drill or --yes it verifies the copy, and says what --yes would replace.
. "$(dirname "$(readlink -f "$0" 2>/dev/null || printf '%s' "$0")")/lib/common.sh" || exit 2
# shellcheck source=lib/backup.sh
. "$root/scripts/lib/backup.sh"
# shellcheck source=lib/copy.sh
. "$root/scripts/lib/copy.sh"
# shellcheck source=lib/counts.sh
. "$root/scripts/lib/counts.sh"

main() {
  local what=plan wanted='' from='' no_copy='' older='' foreign='' status=0
  smaller=1
  while [ $# -gt 0 ]; do
    case $1 in
      --list) what=list ;;
      --verify) what=verify ;;
      --drill) what=drill ;;
      --yes) what=restore ;;
      --no-copy) no_copy=1 ;;
      --wait)
        wait_for "${2-}"
        shift
        ;;
      --older) older=1 ;;
      --other-platform) foreign=1 ;;
      --from)
        [ $# -gt 1 ] || usage "--from names no place"
        from=$2
        shift
        ;;
      --dry-run) dry_run=1 ;;
      --help | -h)
        help
        exit 0
        ;;
      -*) usage "$1 is no option" ;;
      *)
        [ -z "$wanted" ] || usage "one copy at a time"
        wanted=$1
        ;;
    esac
    shift
  done
  need "$DOCKER" gzip tar sed awk
  load_env
  umask 077
  [ "$what" != list ] || {
    list "$wanted" "$from"
    exit 0
  }
  [ -n "$dry_run" ] || lock
  scratch
  choose "$wanted" "$from"
  is_of_here "$copy" "$foreign"
  verify_copy "$copy" || status=$?
  case $status in
    0) ;;
    3) fail "$copy could not be verified: nothing is changed" ;;
    *) fail "$copy is not whole: nothing is changed" ;;
  esac
  log "$copy is whole: $(known "$copy" size) bytes of $b_service, taken $(known "$copy" taken)"
  if [ -n "$dry_run" ] && [ "$what" = restore ]; then what=plan; fi
  case $what in
    plan) plan ;;
    drill) [ -z "$dry_run" ] || {
      log "would restore $copy beside the platform, compare, and remove that again"
      what=''
    } ;;
  esac
  case $what in
    drill) drill ;;
    restore) restore "$no_copy" "$older" ;;
  esac
  log "done"
}

# list NAME PLACE
list() {
  local name found=''
  [ -z "$2" ] || scratch
  for name in ${1:-$(backups | cut -d ' ' -f 1)}; do
    backup "${name%%/*}"
    if [ -n "$2" ] && [ -z "$1" ] && ! is_taken_to "$b_name" "$2"; then continue; fi
    found=yes
    if [ -z "$2" ]; then
      copies "$b_name" | sed "s|^|$b_name/|"
      copies_of_restores "$b_name" | sed "s|^|$b_name/|; s|\$|  of before a restore|"
    else
      at "$2"
      transfer "$work" ro lsf --dirs-only "$(place_path)" | sed "s|/\$||; s|^|$b_name/|"
    fi
  done
  [ -n "$found" ] || fail "no backup is taken to $2" 2
}

# is_taken_to NAME PLACE
is_taken_to() { places "$1" | cut -d ' ' -f 2 | grep -qxF -- "$2"; }

# is_of_here COPY FOREIGN: whether it is of this service, and of this platform where none else is meant.
is_of_here() {
  local service project
  service=$(known "$1" service) project=$(known "$1" project)
  [ "$service" = "$b_service" ] || fail "$1 is of ${service:-no service}, and $b_name is of $b_service: nothing is changed"
  [ -n "$2" ] || [ "$(known "$1" platform) $project" = "$PLATFORM $PROJECT" ] ||
    fail "$1 is of another platform or environment, $project, and not of $PROJECT: nothing is changed; where that is meant, --other-platform"
}

# at PLACE: the place of a backup, with the account that reads there.
at() {
  is_taken_to "$b_name" "$1" || fail "$b_name is not taken to $1; it is taken to:$(places "$b_name" | cut -d ' ' -f 2 | tr '\n' ' ')" 2
  place "$b_name" "$1"
  as_account reader
}

# choose COPY PLACE: the copy in $copy, of the backup that it is of.
choose() {
  local wanted=$1 name stamp=''
  if [ -d "$wanted" ] && [ -s "$wanted/info" ]; then
    copy=$(cd "$wanted" && pwd -P)
    backup "$(known "$copy" backup)"
    return
  fi
  case $wanted in
    '' | latest)
      [ "$(backups | wc -l)" -eq 1 ] || fail "of which backup? $(backups | cut -d ' ' -f 1 | tr '\n' ' ')" 2
      name=$(backups | cut -d ' ' -f 1)
      ;;
    */*) name=${wanted%%/*} stamp=${wanted#*/} ;;
    *) name=$wanted ;;
  esac
  backup "$name"
  [ "$stamp" != latest ] || stamp=''
  if [ -n "$2" ]; then
    fetch "$2" "$stamp"
  else
    [ -n "$stamp" ] || stamp=$(newest "$name")
    [ -n "$stamp" ] || fail "there is no copy of $name in $b_folder"
    copy=$b_folder/$stamp
    [ -d "$copy" ] || fail "there is no $copy; there are: $(all_copies "$name" | tr '\n' ' ')"
    [ -s "$copy/info" ] || fail "$copy is not whole, it has no info: nothing is changed"
  fi
}

# fetch PLACE STAMP: into the folder of this host, under its name when all of it is here and whole.
fetch() {
  local stamp=$2 fetched
  at "$1"
  [ -n "$stamp" ] || stamp=$(transfer "$work" ro lsf --dirs-only "$(place_path)" | tr -d / | sort | tail -n 1)
  [ -n "$stamp" ] || fail "there is no copy of $b_name in $1"
  if [ -n "$dry_run" ]; then
    log "would fetch $b_name/$stamp from $1, and verify it"
    log "done"
    exit 0
  fi
  mkdir -p "$b_folder"
  fetched=$b_folder/.fetched-$stamp
  # Of runs that were killed.
  rm -rf "$b_folder"/.fetched-*
  at_end "rm -rf $(printf '%q' "$fetched")"
  mkdir "$fetched"
  transfer "$fetched" rw copy "$(place_path)/$stamp" /copy >&2 || fail "$b_name/$stamp was not fetched from $1"
  local status=0
  verify_copy "$fetched" || status=$?
  [ "$status" != 3 ] || fail "$b_name/$stamp in $1 could not be verified"
  [ "$status" = 0 ] || fail "$b_name/$stamp in $1 is not whole"
  copy=$b_folder/$stamp
  if [ -d "$copy" ]; then
    if verify_copy "$copy"; then return; fi
    # Without its name it is counted among no copies.
    rm -rf "$b_folder/.damaged-$stamp"
    mv "$copy" "$b_folder/.damaged-$stamp"
  fi
  mv "$fetched" "$copy"
}

plan() {
  local running
  running=$(standing)
  log "with --yes: a copy of what $b_service holds now is taken, then $copy replaces it${running:+; meanwhile these stand still:$running}"
}

# standing: what stands still while data comes back, as far as it runs.
standing() {
  local name
  {
    users_of "$b_service"
    if [ "$b_kind" = files ]; then to_stop "$b_service"; fi
    if offline; then echo "$b_service"; fi
  } | sort -u | while read -r name; do
    [ -z "$(container "$name")" ] || printf ' %s' "$name"
  done
}

# offline: whether the service stands still while its own data comes back.
offline() {
  local words=()
  backup_words "$b_service" restore_offline
  [ ${#words[@]} -gt 0 ]
}

# restore NO_COPY OLDER. From the first stop on it is recorded what stands still: whatever ends this, a restore of the service that
# succeeds later starts it, and until then it is for a person to say.
restore() {
  local chosen=$copy running id record
  [ "$(known "$chosen" kind)" = "$b_kind" ] || fail "$chosen holds $(known "$chosen" kind), and $b_name is of $b_kind by now"
  # Else what a copy that was killed left stopped counts as stopped by a person.
  resume || log "what a copy that was killed left stopped could not be started: $(cat "$state/stopped")"
  id=$(container "$b_service")
  if [ "$b_kind" = dump ]; then
    [ -n "$id" ] || fail "$b_service does not run: start it first"
    [ -n "$2" ] || new_enough "$chosen" "$id"
  fi
  before=''
  if [ -z "$1" ] && [ -n "$id" ]; then
    before=$(
      set -e
      take "$b_name" restore >&2
      printf '%s' "$copy"
    )
    log "what is there now is in $before"
  fi
  record=$(unfinished_restore "$b_service")
  running=$(to_start "$record")
  # Of several that did not come to their end, the first one replaced what is worth having.
  if [ -s "$record" ] && [ -n "$(sed -n 2p "$record")" ]; then before=$(sed -n 2p "$record"); fi
  [ -e "$record" ] || as_it_was=yes
  unfinished=$record
  at_end say_unfinished
  printf '%s\n' "$running" "$before" >"$record.new"
  mv -f "$record.new" "$record"
  if [ -n "$running" ]; then
    # shellcheck disable=SC2086 # names of services
    compose stop $running >&2 || fail "not everything could be stopped"
  fi
  as_it_was=''
  bring_back compose "$chosen" || fail "$b_service is restored in part"
  if [ "$b_kind" = files ] || offline; then compose up --detach --no-deps "$b_service" >&2 || fail "$b_service did not start"; fi
  settled compose || fail "$b_service is not healthy after $chosen came back"
  compare compose "$chosen" || fail "$b_service holds other data than $chosen"
  for job in $(jobs_after "$b_service"); do
    compose run --rm --no-deps -T "$job" >&2 || fail "the job $job, which prepares $b_service, did not succeed after $chosen came back"
  done
  if [ -n "$running" ]; then
    # shellcheck disable=SC2086 # names of services
    compose start $running >&2 || fail "$b_service holds what $chosen holds, but not everything could be started"
  fi
  rm -f "$record"
  if [ -n "$compared" ]; then
    log "$b_service holds what $chosen holds"
  else
    log "$chosen is back in $b_service; how much there is was compared with nothing"
  fi
}

# to_start RECORD: what is started at the end: what stands still for this restore, and what one before it has left so.
to_start() {
  {
    standing | tr ' ' '\n'
    [ ! -e "$1" ] || head -n 1 "$1" | tr ' ' '\n'
  } | awk 'NF && !seen[$1]++ { printf " %s", $1 }'
}

# say_unfinished: however a restore ended, what is the matter now, and the commands that lead out. One that has replaced nothing starts
# what it stopped.
unfinished='' as_it_was='' before=''
say_unfinished() {
  local running
  [ -e "$unfinished" ] || return 0
  running=$(head -n 1 "$unfinished")
  if [ -n "$as_it_was" ]; then
    # shellcheck disable=SC2086 # names of services
    if [ -z "$running" ] || compose start $running >&2; then
      rm -f "$unfinished"
      log "nothing is changed"
      return 0
    fi
  fi
  log "the restore of $b_service did not come to its end; these stand still:${running:- nothing}. A restore that does starts them:"
  log "  $(printf '%q' "$root/scripts/restore.sh") $(printf '%q' "$copy") --yes --no-copy"
  [ -z "$before" ] || log "or, with what was there before: $(printf '%q' "$root/scripts/restore.sh") $(printf '%q' "$before") --yes --no-copy"
}

# new_enough COPY CONTAINER: tools and servers read what older ones wrote, not what newer ones did.
new_enough() {
  local made now
  made=$(known "$1" version)
  now=$(ask server_version "$2")
  [ -n "$made" ] && [ -n "$now" ] || return 0
  [ "$(printf '%s\n%s\n' "$made" "$now" | sort -V | head -n 1)" = "$made" ] ||
    fail "the copy is of version $made, and $b_service is $now, which is older; where that is meant, --older"
}

# in_project COMPOSE ARGUMENTS…: compose, of the platform or of the drill.
compose_drill() { compose_drill_piped "$@" </dev/null; }
compose_drill_piped() {
  clean "$DOCKER" compose --project-name "$PROJECT-drill" --env-file "$env_file" --file "$root/$DRILL_FILE" "$@"
}

# bring_back COMPOSE COPY: every part of it.
bring_back() {
  local words file part name project=$PROJECT
  [ "$1" = compose ] || project=$PROJECT-drill
  while read -r file part <&4; do
    log "$file"
    if [ "$b_kind" = files ]; then
      name=$(PROJECT=$project volume_of "$part")
      [ -n "$name" ] || return 1
      # Beside what is there, which goes when all of it has come.
      engine_piped run --rm --interactive --network none --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE \
        --cap-add FOWNER --security-opt no-new-privileges --tmpfs /tmp --volume "$name:/volume" --entrypoint sh "$HELPER_IMAGE" \
        -euo pipefail -c 'cd /volume
          rm -rf .restored
          mkdir .restored
          gzip -dc | tar -x -p -f - -C .restored
          find . -mindepth 1 -maxdepth 1 ! -name .restored -exec rm -rf {} +
          find .restored -mindepth 1 -maxdepth 1 -exec mv {} . \;
          rmdir .restored' <"$2/$file" >&2 || return 1
      continue
    fi
    words=()
    backup_words "$b_service" restore
    if [ ${#words[@]} -gt 0 ]; then
      [ "$part" = - ] || words+=("$part")
      "${1}_piped" exec -T "$b_service" "${words[@]}" <"$2/$file" >&2 || return 1
    else
      backup_words "$b_service" restore_offline
      [ "$part" = - ] || words+=("$part")
      "${1}_piped" run --rm --no-deps -T --entrypoint "${words[0]}" "$b_service" "${words[@]:1}" <"$2/$file" >&2 || return 1
    fi
  done 4<"$2/parts"
}

# settled COMPOSE: waits until the service is healthy, or runs where it has no check.
settled() {
  local id health tries=0
  while [ $tries -lt "${RESTORE_TRIES:-150}" ]; do
    id=$("$1" ps --quiet --status running "$b_service" | head -n 1)
    if [ -n "$id" ]; then
      # A signal runs what is to be done at the end in here: nothing of that may be called as something else.
      health=$(engine inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$id")
      case $health in
        healthy | running) return 0 ;;
      esac
    fi
    tries=$((tries + 1))
    sleep 2
  done
  return 1
}

# compare COMPOSE COPY: as much is there as was there when the copy was taken. $compared says whether anything was compared.
compared=''
compare() {
  local words=() id
  id=$("$1" ps --quiet --status running "$b_service" | head -n 1)
  backup_words "$b_service" count
  if [ ${#words[@]} -gt 0 ] && [ -s "$2/counts" ]; then
    engine exec "$id" "${words[@]}" >"$work/restored" || return 1
    same_counts "$2/counts" "$work/restored" >&2 || return 1
    compared=1
  fi
  words=()
  backup_words "$b_service" check
  [ ${#words[@]} -eq 0 ] || engine exec "$id" "${words[@]}" >&2
}

drill() {
  local chosen=$copy
  compose_drill down --volumes --timeout 5 >&2
  at_end 'compose_drill down --volumes --timeout 5 >&2'
  if [ "$b_kind" = files ]; then
    # Its volumes, and nothing that runs: the service may need others, which are not there.
    compose_drill create "$b_service" >&2
    bring_back compose_drill "$chosen" || fail "the drill of $b_name failed: $chosen was not restored"
    same_names "$chosen" || fail "the drill of $b_name failed: the scratch volume holds other files"
  else
    ! offline || bring_back compose_drill "$chosen" || fail "the drill of $b_name failed: $chosen was not restored"
    compose_drill up --detach "$b_service" >&2
    settled compose_drill || fail "the drill of $b_name failed: the scratch server is not healthy"
    offline || bring_back compose_drill "$chosen" || fail "the drill of $b_name failed: $chosen was not restored"
    compare compose_drill "$chosen" || fail "the drill of $b_name failed: the scratch server holds other data"
  fi
  {
    echo "# HELP backup_last_drill_timestamp_seconds When a copy was restored into a scratch server the last time."
    echo "# TYPE backup_last_drill_timestamp_seconds gauge"
    echo "backup_last_drill_timestamp_seconds{backup=\"$b_name\",platform=\"$PROJECT\"} $(date +%s)"
  } | publish "$PROJECT-drill-$b_name.prom"
  log "$chosen was restored beside the platform${compared:+, and compared}"
}

# same_names COPY: the volumes of the drill hold the files of the archives, and no others.
same_names() {
  local file part name
  while read -r file part <&4; do
    name=$(PROJECT=$PROJECT-drill volume_of "$part")
    # shellcheck disable=SC2016 # the shell of the container reads it
    alone --interactive --cap-add DAC_READ_SEARCH --volume "$name:/volume:ro" --entrypoint sh "$HELPER_IMAGE" -euo pipefail -c '
      gzip -dc | tar -t -f - | sed "s|/\$||" | sort >/tmp/copied
      cd /volume
      find . | sort | cmp -s - /tmp/copied' <"$1/$file" >&2 || return 1
  done 4<"$1/parts"
}

main "$@"
