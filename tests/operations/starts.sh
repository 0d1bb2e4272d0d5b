#!/bin/bash
# The stand-in for an engine that starts stacks, in front of that of docker.sh (here `docker-plain`), which answers all that is
# not said here, rules before anything. Beside it:
#   compose       the real Docker Compose, which reads files as it does
#   registry      "REFERENCE ID [CONDITION]" a line: what can be pulled. CONDITION is what containers of it become: `well`, `ill`
#                 (unhealthy), `ends N`, `starts` (never gets further)
#   images        "REFERENCE ID" a line: what is there
#   volumes       "NAME PROJECT KEY" a line
#   made          how many containers were made so far
here=${0%/*}
while read -r rule pattern; do
  [ ! -e "$here/answers/$rule/left" ] || [ "$(cat "$here/answers/$rule/left")" -gt 0 ] || continue
  case "$*" in *"$pattern"*) exec "$here/docker-plain" "$@" ;; esac
done <"$here/rules"

plain() { exec "$here/docker-plain" "$@"; }
called() { printf '%s\n' "$*" >>"$here/calls"; }
# It reads all that it is given, as `exec` and `run` do.
[ -t 0 ] || [ "${1-}${2-}" = imageinspect ] || cat >/dev/null

id_of() { awk -v of="$1" '$1 == of || $2 == of { print $2; exit }' "$here/images"; }
condition() { awk -v of="$1" '$2 == of { $1 = $2 = ""; print substr($0, 3); exit }' "$here/registry"; }
put_image() {
  awk -v of="$1" '$1 != of' "$here/images" >"$here/images.new"
  printf '%s %s\n' "$1" "$2" >>"$here/images.new"
  mv "$here/images.new" "$here/images"
}

# options of compose in front of its command.
front=()
of_compose() {
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --project-name | --env-file | --file | --profile | --progress)
        [ "$1" = --progress ] || front+=("$1" "$2")
        [ "$1" != --project-name ] || project=$2
        shift 2
        ;;
      *) break ;;
    esac
  done
  command=("$@")
}

# planned: "SERVICE REFERENCE RESTART" of what compose starts now.
planned() {
  "$here/compose" "${front[@]}" config | awk -v project="$project" '
    /^[^ ]/ { part = $1 }
    part == "services:" && /^  [^ ]/ { name = $1; sub(/:$/, "", name); order[++count] = name; image[name] = project "-" name; restart[name] = "-" }
    part == "services:" && /^    image: / { image[name] = $2 }
    part == "services:" && /^    restart: / { restart[name] = $2; gsub(/"/, "", restart[name]) }
    part == "volumes:" && /^    name: / { print "volume", $2 >"/dev/stderr" }
    END { for (at = 1; at <= count; at++) print order[at], image[order[at]], restart[order[at]] }' 2>"$here/planned-volumes"
}

make() { # SERVICE REFERENCE ID HASH RESTART
  local made status=running health=healthy code=0
  made=$(($(cat "$here/made") + 1))
  echo "$made" >"$here/made"
  [ "$5" != no ] || { status=exited health=''; }
  case "$(condition "$3")" in
    ill) health=unhealthy ;;
    starts) health=starting ;;
    'ends '*) status=exited health='' code=$(condition "$3" | cut -d' ' -f2) ;;
  esac
  [ "$5" = no ] && [ "$status" = running ] && status=exited health=''
  cat >"$here/containers/$1-1" <<END
.ID $1-1/$made
.Id $1-1/$made
.Name /$project-$1-1
.Image $3
.Config.Image $2
.State.Status $status
.State.Health ${health:+yes}
.State.Health.Status $health
.State.ExitCode $code
.State.StartedAt $made
.RestartCount 0
label:com.docker.compose.project $project
label:com.docker.compose.service $1
label:com.docker.compose.oneoff False
hash $4
END
}

case "${1-} ${2-}" in
  'compose version') called "$@" && echo 2.26.1 ;;
  'version '*) called "$@" && echo 26.1.5 ;;
  'compose '*)
    of_compose "$@"
    case ${command[0]} in
      config) exec "$here/compose" "${front[@]}" "${command[@]}" </dev/null ;;
      pull)
        called "$@"
        for service in "${command[@]:1}"; do
          reference=$("$here/compose" "${front[@]}" --profile '*' config </dev/null | awk -v of="  $service:" '$0 == of { here = 1; next } /^  [^ ]/ { here = 0 } here && /^    image: / { print $2 }')
          id=$(awk -v of="$reference" '$1 == of { print $2; exit }' "$here/registry")
          [ -n "$id" ] || { echo "no such image: $reference" >&2 && exit 18; }
          put_image "$reference" "$id"
        done
        ;;
      build)
        called "$@"
        for service in "${command[@]:1}"; do put_image "$project-$service" "sha256:built-$service"; done
        ;;
      up)
        called "$@"
        [ ! -e "$here/slow" ] || sleep "$(cat "$here/slow")"
        "$here/compose" "${front[@]}" config --hash '*' </dev/null >"$here/hashes"
        failed=''
        while read -r service reference restart; do
          id=$(id_of "$reference")
          [ -n "$id" ] || { echo "no such image: $reference" >&2 && exit 1; }
          hash=$(awk -v of="$service" '$1 == of { print $2 }' "$here/hashes")
          container=$here/containers/$service-1
          if [ -e "$container" ] && grep -qx "hash $hash" "$container" && grep -qx ".Image $id" "$container" && [ "$restart" != no ]; then
            sed -i 's/^\.State\.Status .*/.State.Status running/' "$container"
            continue
          fi
          make "$service" "$reference" "$id" "$hash" "$restart"
        done < <(planned </dev/null)
        while read -r _ name; do
          grep -q "^$name " "$here/volumes" || printf '%s %s %s\n' "$name" "$project" "${name#"${project}_"}" >>"$here/volumes"
        done <"$here/planned-volumes"
        ;;
      *) called "$@" ;;
    esac
    ;;
  'image inspect')
    called "$@"
    for reference in "$@"; do :; done
    id=$(id_of "$reference")
    [ -n "$id" ] || { echo "Error: No such image: $reference" >&2 && exit 1; }
    echo "$id"
    ;;
  'tag '*)
    called "$@"
    id=$(id_of "$2")
    [ -n "$id" ] || { echo "Error: No such image: $2" >&2 && exit 1; }
    put_image "$3" "$id"
    ;;
  'volume ls') called "$@" && cat "$here/volumes" ;;
  'stop '* | 'rm '*)
    called "$@"
    for file in "$here"/containers/*; do
      grep -qx "\.Id $2" "$file" || continue
      if [ "$1" = rm ]; then rm "$file"; else sed -i 's/^\.State\.Status .*/.State.Status exited/' "$file"; fi
    done
    ;;
  'ps '*)
    # By their own names, as `--no-trunc` has it.
    "$here/docker-plain" "$@" | while read -r id; do sed -n 's/^\.Id //p' "$here/containers/$id"; done
    ;;
  'inspect '*)
    words=()
    for word in "$@"; do
      case $word in */[0-9]*) words+=("${word%/*}") ;; *) words+=("$word") ;; esac
    done
    plain "${words[@]}"
    ;;
  *) plain "$@" ;;
esac
