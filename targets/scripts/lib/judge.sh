# shellcheck shell=bash
# What is wrong with `.env`, which `load_env` has read. No value is ever printed.

# all_profiles: the optional parts, a line each.
all_profiles() { services | awk '$3 != "-" && !seen[$3]++ { print $3 }'; }

# every ARGUMENTS…: compose with every part by its name. What a profile that is switched off has left is no orphan to compose.
every() {
  local options=() profile
  while IFS= read -r profile; do options+=(--profile "$profile"); done < <(all_profiles)
  compose ${options[@]+"${options[@]}"} "$@"
}

# active PROFILE: whether COMPOSE_PROFILES of .env names it; `-` always is.
active() {
  [ "$1" != - ] || return 0
  case ",$(value COMPOSE_PROFILES | tr -d ' ')," in
    *",$1,"* | *,'*',*) ;;
    *) return 1 ;;
  esac
}

# any_active PROFILES: whether one of a list with commas is.
any_active() {
  local profile
  for profile in $(printf '%s' "$1" | tr ',' ' '); do
    ! active "$profile" || return 0
  done
  return 1
}

# judge_env: names all that is wrong, a line each; fails where anything is.
judge_env() {
  local name kind need least form origin profiles problem profile problems=0
  while read -r name kind need least form origin profiles; do
    problem=$(problem_of "$name" "$kind" "$need" "$least" "$form" "$origin" "$profiles")
    [ -n "$problem" ] || continue
    log ".env: $name $problem"
    problems=$((problems + 1))
  done <<END
$(inputs)
END
  for profile in $(value COMPOSE_PROFILES | tr ',*' '  '); do
    [ "$(all_profiles | grep -cxF -- "$profile")" -eq 0 ] || continue
    log ".env: COMPOSE_PROFILES names $profile, and there is no such part"
    problems=$((problems + 1))
  done
  [ "$problems" -eq 0 ]
}

# problem_of NAME KIND NEED LEAST FORM ORIGIN PROFILES: in words that follow the name; nothing where there is none.
problem_of() {
  local value
  if is_quoted "$1"; then
    # Compose has its own escapes between ", so what it reads is not known here.
    [ "$2" = variable ] || echo "must stand between ' and '"
    return 0
  fi
  value=$(value "$1")
  if [ -z "$value" ]; then
    case $3-$6 in
      required-elsewhere) echo "is empty, and is issued elsewhere" ;;
      required-*) echo "is empty" ;;
    esac
    return 0
  fi
  # Until such a part is started any text will do.
  any_active "$7" || return 0
  weakness "$1" "$2" "$4" "$5" "$(choices | sed -n "s/^$1 //p")"
}
