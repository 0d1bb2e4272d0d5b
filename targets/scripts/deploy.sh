#!/usr/bin/env bash
# deploy.sh [ENV] [OPTION…]: brings a build onto its host and makes it run; goes back where it does not become well.
#
#   deploy.sh production                                       on the host, from the build that this script belongs to
#   deploy.sh production --from platform-production.tar.gz     from an archive of `infrac bundle`, or another build's folder
#   deploy.sh production --to deploy@shop.example.com          on another host, over SSH
#   deploy.sh production --back                                the build before, with its images
#
# ENV is the environment that the build is of; a build of none takes none.
#
#   --dry-run           says what it would do, and changes nothing
#   --back              goes back to the build before the one in place, or before one that was interrupted
#   --volumes-changed   a volume, or the name of the project, is meant to be another one
#   --yes               goes on where there is no backup of what changes its version, or no image to go back to
#   --no-pull           takes the images that are on the host, as after `docker load`
#   --limit SECONDS     how long everything may take to become well; by default as long as the health checks allow
#   --env-file FILE     the `.env` of the first deployment; one that stands in the install path is kept
#   --from PLACE        an archive with its checksum beside it (PLACE.sha256), or a folder
#   --to USER@HOST      over SSH; with --port N, --identity FILE, --known-hosts FILE, and --sudo where it takes root there
#   --attach            with --to: follows the deployment that goes on there
#
# `.env` in the install path is kept. What was deployed is recorded in .infrac/deploys there.
# Exit codes: 0 deployed; 1 not, and what runs is as before; 2 wrongly called; 3 the build before runs again; 4 it is not well
# and was left so, since a store changed its version or nothing is there to go back to; 75 another one is at work.
here=$(cd "$(dirname "$(readlink -f "$0" 2>/dev/null || printf '%s' "$0")")" && pwd -P)
if [ ! -r "$here/lib/common.sh" ]; then
  echo "deploy.sh: it is started as a file of a build, and not as a text: bash BUILD/scripts/deploy.sh" >&2
  exit 2
fi
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/deploy/before.sh
. "$here/lib/deploy/before.sh"
# shellcheck source=lib/deploy/build.sh
. "$here/lib/deploy/build.sh"
# shellcheck source=lib/deploy/engine.sh
. "$here/lib/deploy/engine.sh"
# shellcheck source=lib/deploy/record.sh
. "$here/lib/deploy/record.sh"
# shellcheck source=lib/deploy/remote.sh
. "$here/lib/deploy/remote.sh"

# Also where its text was piped into a shell.
self=deploy.sh
environment='' from='' to='' back='' accepts_volumes='' yes='' limit='' attach='' step='' id='' deploy='' last='' unfinished='' first_env='' no_pull=''

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) help && exit 0 ;;
      --dry-run) dry_run=yes ;;
      --back) back=yes ;;
      --volumes-changed) accepts_volumes=yes ;;
      --yes) yes=yes ;;
      --no-pull) no_pull=yes ;;
      --attach) attach=yes ;;
      --sudo) sudo='sudo -n' ;;
      --limit | --from | --to | --env-file | --port | --identity | --known-hosts | --detached | --follow | --seen)
        [ $# -gt 1 ] || usage "$1 wants a value"
        option "$1" "$2"
        shift
        ;;
      -*) usage "there is no option $1" ;;
      *)
        [ -z "$environment" ] || usage "one environment, not $environment and $1"
        case $1 in *[!A-Za-z0-9_-]*) usage "$1 is no environment" ;; esac
        environment=$1
        ;;
    esac
    shift
  done
}

option() {
  case $1 in
    --limit)
      case $2 in '' | *[!0-9]*) usage "--limit wants seconds" ;; esac
      limit=$2
      ;;
    --from) from=$2 ;;
    --to) to=$2 ;;
    --port) port=$2 ;;
    --identity) identity=$2 ;;
    --known-hosts) known_hosts=$2 ;;
    --env-file) first_env=$2 ;;
    # Between the scripts of two hosts.
    --detached) detached=$2 ;;
    --follow) follow=$2 ;;
    --seen) seen=$2 ;;
  esac
}

# words_on: the options for a deploy.sh behind this one.
words_on() {
  words=()
  [ -z "$environment" ] || words+=("$environment")
  [ -z "$dry_run" ] || words+=(--dry-run)
  [ -z "$back" ] || words+=(--back)
  [ -z "$accepts_volumes" ] || words+=(--volumes-changed)
  [ -z "$yes" ] || words+=(--yes)
  [ -z "$no_pull" ] || words+=(--no-pull)
  [ -z "$limit" ] || words+=(--limit "$limit")
  [ -z "$first_env" ] || words+=(--env-file "$first_env")
}

# hand_on FOLDER: to the script of that build, which knows the build.
hand_on() {
  words_on
  if [ -n "$to" ]; then
    words+=(--to "$to")
    [ -z "$port" ] || words+=(--port "$port")
    [ -z "$identity" ] || words+=(--identity "$identity")
    [ -z "$known_hosts" ] || words+=(--known-hosts "$known_hosts")
    [ -z "$sudo" ] || words+=(--sudo)
  fi
  [ -r "$1/scripts/deploy.sh" ] || fail "$1 is no build with scripts: the platform names the target in \`targets = [compose, scripts]\`"
  exec bash "$1/scripts/deploy.sh" ${words[@]+"${words[@]}"} </dev/null
}

# from_place: a folder, or an archive, whose checksum is verified before anything of it is read.
from_place() {
  if [ -d "$from" ]; then hand_on "$(cd "$from" && pwd -P)"; fi
  [ -r "$from" ] || fail "there is no $from"
  need tar gzip
  [ -r "$from.sha256" ] || fail "there is no $from.sha256, the checksum that \`infrac bundle\` writes beside an archive"
  [ "$(cut -d' ' -f1 <"$from.sha256")" = "$(sha256 <"$from")" ] || fail "$from is not what $from.sha256 says: copy both again"
  local folder
  folder=$(umask 077 && mktemp -d "${TMPDIR:-/tmp}/infrac-unpacked.XXXXXX")
  # The script of the archive takes it away at its end.
  export INFRAC_UNPACKED=$folder
  tar -xpzf "$from" --no-same-owner -C "$folder" </dev/null || { rm -rf "$folder" && fail "$from cannot be unpacked"; }
  hand_on "$(find "$folder" -mindepth 1 -maxdepth 1 -type d | head -n 1)"
}

# expect_environment: a build is of one environment.
expect_environment() {
  [ "$environment" != "$ENVIRONMENT" ] || return 0
  # Where the repository holds the builds of all environments.
  if [ -n "$environment" ] && [ -r "$root/build/$environment/scripts/deploy.sh" ]; then
    [ -n "$first_env$to" ] || [ ! -e "$env_file" ] || first_env=$env_file
    hand_on "$root/build/$environment"
  fi
  if [ -n "$ENVIRONMENT" ]; then
    fail "this build is of $ENVIRONMENT${environment:+, and not of $environment}: name it, or build the other one (infrac build --env NAME)" 2
  fi
  fail "this build is of no environment: \`infrac build --env $environment\` makes one" 2
}

# enter: the install path is where everything happens; the build stands in it, or elsewhere.
enter() {
  source=$root
  if [ -d "$INSTALL_PATH" ]; then
    root=$(cd "$INSTALL_PATH" && pwd -P)
  elif [ -n "$dry_run" ]; then
    root=$INSTALL_PATH
  else
    (umask 022 && mkdir -p "$INSTALL_PATH") || fail "$INSTALL_PATH cannot be made: run it as root, or make the folder for the one who deploys"
    root=$(cd "$INSTALL_PATH" && pwd -P)
  fi
  env_file=$root/.env state=$root/.infrac
  [ "$source" != "$root" ] || return 0
  [ -z "$OF_PROJECT" ] || fail "this build refers to files of the project's own folder, which stand nowhere else: clone the repository to $INSTALL_PATH, and build into it (infrac build --env ENV --out .)"
  [ ! -e "$root/.git" ] || fail "$root is a clone: a build would change its files. Build into it (infrac build --env ENV --out .), or clone the repository to another place"
}

# get_images: exactly those that are needed.
get_images() {
  local service pulled=() built=()
  while read -r service; do
    if is_built "$service"; then built+=("$service"); else pulled+=("$service"); fi
  done < <(needed)
  if [ -n "$dry_run" ]; then
    log "would get the images of ${pulled[*]-} ${built[*]-}"
    return 0
  fi
  if [ -n "$no_pull" ]; then
    for service in ${pulled[@]+"${pulled[@]}"}; do
      [ -n "$(image_id "$(planned_image "$service")")" ] || fail "nothing has changed: the image of $service is not here: $(planned_image "$service")"
    done
    pulled=()
  fi
  [ ${#pulled[@]} = 0 ] || planned --progress plain pull "${pulled[@]}" >&2 ||
    fail "nothing has changed: not every image can be pulled"
  [ ${#built[@]} = 0 ] || planned --progress plain build "${built[@]}" >&2 ||
    fail "nothing has changed: not every image can be built"
  get_tools
}

# get_tools: the images by which backups carry files, which belong to no service: a night is no time to find that one is not there.
get_tools() {
  local image
  for image in "${HELPER_IMAGE-}" "${TRANSFER_IMAGE-}"; do
    if [ -z "$image" ] || [ -n "$(image_id "$image")" ]; then continue; fi
    if [ -n "$no_pull" ]; then
      log "backups will need $image, which is not here"
    else
      engine pull --quiet "$image" >&2 || fail "nothing has changed: $image, by which backups carry files, cannot be pulled"
    fi
  done
}

# stores_changed: services with a volume that ran and would run another image: "SERVICE OLD NEW". A tag that moved is another
# version as well: its base may be another one, and with it the order of text in a database (docker-library/postgres#1356).
stores_changed() {
  local service kind image reference new
  while read -r service kind; do
    if [ "$kind" != service ] || ! grep -q "^mounts $service " "$work/plan"; then continue; fi
    while read -r image reference; do
      new=$(planned_image "$service")
      if [ -n "$dry_run" ]; then
        [ "$reference" = "$new" ] || printf '%s %s %s\n' "$service" "$reference" "$new"
      else
        [ "$(image_id "$new")" = "$image" ] || printf '%s %s %s\n' "$service" "$reference" "$new"
      fi
    done < <(awk -v of="$service" '$1 == of && !seen++ { print $3, $4 }' "$work/before")
  done < <(starting)
}

# back_up: what changes its version, by the scripts of the build in place.
back_up() {
  local service old new line names=() without=''
  [ -s "$work/stores" ] || return 0
  (
    # shellcheck source=/dev/null
    . "$root/scripts/lib/platform.sh"
    if declare -F backups >/dev/null; then backups; fi
  ) >"$work/backups" 2>/dev/null || : >"$work/backups"
  while read -r service old new; do
    log "$service changes from $old to $new: there is no way back by itself"
    line=$(awk -v of="$service" '{ for (at = 2; at <= NF; at++) if ($at == of && !seen++) print $1 }' "$work/backups")
    if [ -n "$line" ]; then names+=("$line"); else without="$without $service"; fi
  done <"$work/stores"
  [ -z "$without" ] || [ -n "$yes" ] || fail "nothing has changed: no backup is declared of$without. Copy the data by hand, and go on: --yes"
  [ ${#names[@]} -gt 0 ] || return 0
  step backup
  if [ -n "$dry_run" ]; then
    log "would run: $root/scripts/backup.sh ${names[*]}"
    return 0
  fi
  INFRAC_LOCKED=$state bash "$root/scripts/backup.sh" "${names[@]}" </dev/null >"$deploy/backups" ||
    fail "nothing has changed: the backup before the change did not succeed"
  log "backed up before the change:"
  cut -d' ' -f2- <"$deploy/backups" >&2
}

# go_back ID IMAGES: to the files of a deployment and to these images, without anything pulled.
go_back() {
  local to=$state/deploys/$1 images=$2 service image reference _ old
  step back
  log "goes back to the build of $(noted "$1" started)"
  put_files "$to/build" "$root" || return 1
  # shellcheck source=/dev/null
  . "$root/scripts/lib/platform.sh"
  # A tag that moved leads to the old image again.
  while read -r service _ image reference _; do
    case $reference in
      *@sha256:*) ;;
      sha256:*) ;;
      *)
        old=$(image_id "$reference")
        [ "$old" = "$image" ] || engine tag "$image" "$reference" || log "$reference cannot be led to $image"
        ;;
    esac
  done <"$images"
  stop_dropped
  start_all || return 1
  # What runs is looked at, and no exit code is believed.
  look >"$work/now" || return 1
  awk 'NR == FNR { starts[$1]; next }
    FILENAME == ARGV[2] { if ($1 in starts) want[$1] = $3; next }
    { if ($1 in want && want[$1] != $3) { print $1 " runs another image than before"; wrong = 1 } }
    END { exit wrong }' "$work/starting" "$images" "$work/now" >&2
}

# fall_back: the new build is not well.
fall_back() {
  local status=4
  if [ -s "$work/stores" ]; then
    log "$(cut -d' ' -f1 "$work/stores" | tr '\n' ' ')changed the version, and the old one may not read what the new one wrote: nothing goes back by itself"
    end_record failed || :
    if [ -s "$deploy/backups" ]; then
      log "what is left is as it is. With the data of before the change:"
      while read -r _ file; do log "  $root/scripts/restore.sh $file --yes"; done <"$deploy/backups"
    fi
    exit 4
  fi
  if [ -z "$last" ] || [ ! -e "$state/deploys/$last/build/$manifest" ]; then
    end_record failed || :
    log "there is no build before this one to go back to: what is left is as it is"
    exit 4
  fi
  if go_back "$last" "$work/before"; then
    status=3
    end_record returned || status=4
    log "the build before runs again, and is well"
  else
    end_record failed || :
    log "the build before is in place again, but is not well either"
  fi
  exit "$status"
}

# say_where: for one who interrupts it.
say_where() {
  case $step in
    files | up | judge | back)
      # What ends here by itself has changed something, and is not "as before".
      case ${status:-0} in 0 | 3 | 4) ;; *) [ "$status" -ge 128 ] || status=4 ;; esac
      ;;
  esac
  case $step in
    files | up | judge) log "stopped in the middle ($step). What runs may be of both builds: run it again to go on, or with --back" ;;
    back) log "stopped while it went back. Run it again with --back, or deploy again" ;;
    '' | over) ;;
    *)
      [ "${status:-0}" -lt 128 ] || log "stopped before anything changed ($step)"
      [ -z "$deploy" ] || rm -rf "$deploy"
      ;;
  esac
  end_up
}

# find_record: what is in place, and what was interrupted.
find_record() {
  local folder
  last=$(named last)
  unfinished=$(named current)
  [ -z "$unfinished" ] ||
    log "a deployment was interrupted ($(noted "$unfinished" started), by $(noted "$unfinished" who)); this one takes its place"
  [ -z "$dry_run" ] || return 0
  # Those that were killed before they changed anything are no deployments.
  for folder in "$state"/deploys/*; do
    [ -d "$folder" ] || continue
    [ -n "$(noted "${folder##*/}" result)" ] || changed_something "${folder##*/}" || rm -rf "$folder"
  done
}

# run_back: --back.
run_back() {
  local to=$last missing
  # Where the build in place is the last good one, the one before that.
  if [ -z "$unfinished" ] && [ "$(entries "$root" | sha256)" = "$(noted "$last" build)" ]; then to=$(noted "$last" previous); fi
  [ -e "$state/deploys/${to:--}/build/$manifest" ] || fail "there is no build before to go back to"
  missing=$(missing_images "$state/deploys/$to/images")
  [ -z "$missing" ] || fail "nothing has changed: the images of these are no longer here
$(indented "$missing")"
  source=$state/deploys/$to/build
  look >"$work/before"
  load_env
  cp "$state/deploys/$to/plan" "$work/plan" 2>/dev/null || : >"$work/plan"
  awk '
    FILENAME == ARGV[1] { if ($1 == "mounts") mounts[$2]; next }
    FILENAME == ARGV[2] { then[$1] = $3; next }
    $1 in mounts && $1 in then && then[$1] != $3 && !seen[$1]++ { print $1, $4 }' \
    "$work/plan" "$state/deploys/$to/images" "$work/before" >"$work/stores"
  [ ! -s "$work/stores" ] || [ -n "$yes" ] || fail "nothing has changed: these ran another version then, which may not read what the one of now wrote
$(indented "$(cat "$work/stores")")
where it does, or the data are restored behind it: --yes"
  if [ -n "$dry_run" ]; then
    log "would go back to the build of $(noted "$to" started)"
    return 0
  fi
  new_record
  go_back "$to" "$state/deploys/$to/images" || {
    end_record failed || :
    fail "the build before is in place, but is not well" 4
  }
  note previous "$(noted "$to" previous)"
  end_record ok || exit 4
}

run() {
  check_host
  check_files
  find_record
  if [ -n "$back" ]; then
    run_back
    return
  fi
  check_env
  check_record
  check_running
  [ -z "$dry_run" ] || {
    say_plan
    return 0
  }
  adopt
  new_record
  cp "$work/before" "$deploy/before"
  step prepare
  keep_images "$work/before"
  step pull
  get_images
  stores_changed >"$work/stores"
  back_up
  step files
  if ! put_files "$source" "$root"; then
    log "the files of the build cannot be written to $root"
    # None of it was started, so no store has changed yet.
    : >"$work/stores"
    fall_back
  fi
  step up
  if ! stop_dropped || ! start_all; then fall_back; fi
  remove_dropped || log "what this build no longer starts could not be removed"
  end_record ok || exit 4
  # It is deployed, whatever the names of old images.
  forget_tags || log "the names of images that are no longer kept could not be taken away"
  log "deployed: $(grep -c . "$work/starting") services of $PROJECT are well"
}

# say_plan: what a run would do.
say_plan() {
  local service _
  get_images
  stores_changed >"$work/stores"
  back_up
  if [ "$source" != "$root" ]; then
    mkdir -p "$work/empty"
    [ -d "$root" ] || root=$work/empty
    changed "$source" "$root" | sed "s|^|$self: would write |" >&2
    gone "$source" "$root" | sed "s|^|$self: would remove |" >&2
  fi
  while read -r service _; do log "would stop $service"; done < <(dropped)
  log "would start $(starting | cut -d' ' -f1 | tr '\n' ' ')"
}

main() {
  read_options "$@"
  [ -z "$follow" ] || follow "$follow" "$seen"
  if [ -n "$detached" ]; then
    words_on
    detach "$detached" ${words[@]+"${words[@]}"}
    return
  fi
  [ -z "$from" ] || from_place
  case ${INFRAC_UNPACKED-} in */infrac-unpacked.*) at_end "rm -rf '$INFRAC_UNPACKED'" ;; esac
  expect_environment
  if [ -n "$to" ]; then
    deploy_there
  else
    scratch
    enter
    [ -n "$dry_run" ] || lock
    at_end say_where
    run
  fi
  log 'done'
}

main "$@"
