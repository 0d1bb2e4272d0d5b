# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153,SC2154 # the names are those of deploy.sh and common.sh
# What must hold before anything changes.

check_host() {
  local version
  need "$DOCKER" awk sed comm xargs find stat
  engine version --format '{{.Server.Version}}' >/dev/null || fail "the engine does not answer: does Docker run, and may $(id -un) use it?"
  version=$(compose_version) || fail "docker compose is not installed: $COMPOSE_FLOOR or later is needed"
  at_least "$version" "$COMPOSE_FLOOR" || fail "docker compose is $version, and $COMPOSE_FLOOR or later is needed"
  if declare -F check_kernel >/dev/null; then check_kernel || fail "nothing has changed"; fi
}

compose_version() { engine compose version --short | sed 's/^v//'; }

# at_least VERSION FLOOR
at_least() {
  printf '%s\n%s\n' "$1" "$2" | awk -F'[.+-]' '
    NR == 1 { for (at = 1; at <= 3; at++) is[at] = $at }
    NR == 2 { for (at = 1; at <= 3; at++) if (is[at] + 0 != $at + 0) exit !(is[at] + 0 > $at + 0) }'
}

# check_files: nothing of a person's is in the way.
check_files() {
  local found
  expect_whole "$source"
  [ "$source" != "$root" ] && [ -d "$root" ] || return 0
  found=$(in_the_way "$source" "$root" | LC_ALL=C sort -u)
  [ -z "$found" ] || fail "nothing has changed: these files in $root are not as infrac wrote them
$(indented "$found")
bring the edits into the source, and take the files away"
}

# check_env: the values are judged before anything is pulled or stopped.
check_env() {
  [ -n "$first_env" ] || [ ! -e "$source/.env" ] || first_env=$source/.env
  if [ ! -e "$env_file" ] && [ -n "$first_env" ]; then
    [ -r "$first_env" ] || fail "there is no $first_env"
    do_it install -m 600 "$first_env" "$env_file"
    [ -z "$dry_run" ] || env_file=$first_env
  elif [ -n "$first_env" ] && [ "$(sha256 <"$first_env")" != "$(sha256 <"$env_file")" ]; then
    log "$env_file is kept; $first_env differs from it, and is not looked at"
  fi
  if [ ! -e "$env_file" ]; then
    if [ -z "$dry_run" ] && [ -z "$last" ] && [ "$source" != "$root" ]; then put_files "$source" "$root"; fi
    fail "there is no $root/.env: copy .env.example there to .env, fill it in, and let nobody else read it (chmod 600)"
  fi
  [ -z "$(find "$env_file" -perm /077 2>/dev/null)" ] || log "others may read $env_file: chmod 600 $env_file"
  load_env
  may_ask COMPOSE_PROFILES
  judge_env || fail "nothing has changed: mend $env_file"
  planned config --quiet || fail "nothing has changed: compose does not take the build with this $env_file"
  read_plan >"$work/plan"
}

# check_record: data is found by the name of the project and of the volume.
check_record() {
  local ran lost
  ran=$(noted "$last" project)
  if [ -n "$ran" ] && [ "$ran" != "$PROJECT" ]; then
    [ -n "$accepts_volumes" ] || fail "nothing has changed: the project is $PROJECT, and $ran runs here. Every volume of it would stay behind, and everything would start empty. Where that is meant: --volumes-changed"
    log "containers of the project $ran may hold the same ports: docker compose -p $ran down"
  fi
  [ -e "$state/deploys/${last:--}/plan" ] || {
    same_suffix
    return 0
  }
  lost=$(comm -13 <(volume_names "$work/plan") <(volume_names "$state/deploys/$last/plan"))
  [ -z "$lost" ] || [ -n "$accepts_volumes" ] || fail "nothing has changed: the build in place has volumes that this one has not, so their data would stay behind
$(indented "$lost")
where that is meant: --volumes-changed"
}

volume_names() { awk '$1 == "volume" { print $3 }' "$1" | LC_ALL=C sort; }

# same_suffix: at the first deployment, data of the same name under another project is often what is looked for.
same_suffix() {
  local name project volume
  [ -z "$last" ] || return 0
  while read -r name project volume; do
    if [ "$project" = "$PROJECT" ] || ! grep -q "^volume $volume " "$work/plan"; then continue; fi
    log "there is a volume $name of the project $project; this build starts with an empty one of its own"
  done < <(engine volume ls --filter label=com.docker.compose.project --format '{{.Name}} {{.Label "com.docker.compose.project"}} {{.Label "com.docker.compose.volume"}}')
}

# check_running: what runs can be gone back to.
check_running() {
  local missing
  look >"$work/before" || fail "the engine does not say what runs"
  # What ran before an interrupted deployment is what there is to go back to.
  if [ -n "$unfinished" ] && [ -s "$state/deploys/$unfinished/before" ]; then
    cp "$state/deploys/$unfinished/before" "$work/before"
  fi
  # Where nothing runs, what ran last.
  [ -s "$work/before" ] || [ ! -e "$state/deploys/${last:--}/images" ] || cp "$state/deploys/$last/images" "$work/before"
  missing=$(missing_images "$work/before")
  [ -z "$missing" ] || [ -n "$yes" ] || fail "nothing has changed: the images that these run are no longer here, so nothing could go back to them
$(indented "$missing")
pull them, or go on without a way back: --yes"
}
