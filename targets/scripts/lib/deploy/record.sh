# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the names are those of deploy.sh and common.sh
# What is kept of each deployment, in `.infrac/deploys/ID`: `build` is a copy of its files, `images` what ran of it, `before` what
# ran until then, `plan` its images and volumes, `record` the rest, a line "KEY VALUE" each. `current` names the one that is not
# over and has changed something, `last` the one that is in place.

# How many are kept.
KEPT=5

# note KEY VALUE: of the deployment that goes on. The last line of a key holds.
note() { printf '%s %s\n' "$1" "$2" >>"$deploy/record"; }

# noted ID KEY
noted() { [ ! -e "$state/deploys/$1/record" ] || sed -n "s/^$2 //p" "$state/deploys/$1/record" | tail -n 1; }

# named FILE: the deployment that `current` or `last` names, where it is still there.
named() {
  local id
  id=$(cat "$state/$1" 2>/dev/null) || return 0
  [ ! -d "$state/deploys/$id" ] || printf '%s' "$id"
}

# name_it FILE ID: as a whole.
name_it() {
  printf '%s\n' "$2" >"$state/$1.new" || return 1
  mv -f "$state/$1.new" "$state/$1"
}

# step WORD: where it stands, for the run behind a kill. From the first step that changes something, this deployment is the one
# that is not over: until then that is one that was interrupted before, which must not be forgotten.
step() {
  step=$1
  note step "$1"
  case $1 in files | back) name_it current "$id" ;; esac
}

# changed_something ID: whether a deployment that did not end came so far.
changed_something() {
  case $(noted "$1" step) in files | up | judge | back) ;; *) return 1 ;; esac
}

# new_record: of a deployment that begins, in $deploy.
new_record() {
  id=$(date -u +%Y%m%dT%H%M%SZ)
  while [ -e "$state/deploys/$id" ]; do id=$id+; done
  deploy=$state/deploys/$id
  mkdir -p "$deploy/build"
  note environment "${ENVIRONMENT:--}"
  note project "$PROJECT"
  note build "$(entries "$source" | sha256)"
  note from "$source"
  note who "${SUDO_USER:-$(id -un)}${SSH_CONNECTION:+ from ${SSH_CONNECTION%% *}}"
  note started "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  note previous "${last:--}"
  copy_build "$source" "$deploy/build"
  cp "$work/plan" "$deploy/plan"
}

# adopt: what stands in the install path and was put there by other means is what a deployment that fails goes back to.
adopt() {
  [ -z "$last$unfinished" ] && [ "$source" != "$root" ] && [ -e "$root/$manifest" ] && [ -s "$work/before" ] || return 0
  last=found
  rm -rf "$state/deploys/$last"
  mkdir -p "$state/deploys/$last/build"
  copy_build "$root" "$state/deploys/$last/build"
  cp "$work/before" "$state/deploys/$last/images"
  printf '%s\n' "project $PROJECT" "build $(entries "$root" | sha256)" "started $(date -u +%Y-%m-%dT%H:%M:%SZ)" "result found" >"$state/deploys/$last/record"
  name_it last "$last"
}

# end_record RESULT: the deployment is over. All of it is tried, and it fails where any of it did: what runs is as it is by then.
end_record() {
  local status=0
  look >"$deploy/images" || true
  note ended "$(date -u +%Y-%m-%dT%H:%M:%SZ)" || status=1
  note result "$1" || status=1
  step over || status=1
  [ "$1" != ok ] || name_it last "$id" || status=1
  rm -f "$state/current" || status=1
  forget_old || status=1
  [ "$status" = 0 ] || log "how it ended could not be recorded in $state: is the disk full?"
  return "$status"
}

# forget_old: all but the newest. The one in place and the one before it stay.
forget_old() {
  local old in_place before
  in_place=$(named last)
  before=$(noted "$in_place" previous)
  find "$state/deploys" -mindepth 1 -maxdepth 1 -type d | sed 's|.*/||' | LC_ALL=C sort -r | tail -n "+$((KEPT + 1))" |
    while read -r old; do
      [ "$old" = "$in_place" ] || [ "$old" = "$before" ] || rm -rf "${state:?}/deploys/$old"
    done
}

# kept_tag SERVICE: the name that keeps the image of a service from a prune, until another deployment takes it.
kept_tag() { printf 'infrac-previous:%s.%s' "$PROJECT" "$1"; }

# keep_images FILE: of containers, so that there is something to go back to.
keep_images() {
  local service image _
  while read -r service _ image _; do
    engine tag "$image" "$(kept_tag "$service")" || [ -n "$yes" ] || fail "the image of $service cannot be kept: nothing has changed"
  done <"$1"
}

# forget_tags: of services that are no longer there.
forget_tags() {
  local tag
  while read -r tag; do
    case $tag in "$PROJECT".*) ;; *) continue ;; esac
    cut -d' ' -f1 "$deploy/before" "$deploy/images" | grep -qxF "${tag#"$PROJECT".}" || engine rmi "infrac-previous:$tag" >/dev/null || true
  done < <(engine images --format '{{.Tag}}' infrac-previous)
}

# missing_images FILE: services whose images are gone.
missing_images() {
  local service image _
  while read -r service _ image _; do
    [ -n "$(image_id "$image")" ] || printf '%s\n' "$service"
  done <"$1" | LC_ALL=C sort -u
}
