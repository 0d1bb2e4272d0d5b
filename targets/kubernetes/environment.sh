# find_folder: of the environment that is named, or of the platform as it stands; in $folder. A build of one environment alone
# may be called by its name.
find_folder() {
  case $environment in *[!A-Za-z0-9_-]*) misused ;; esac
  folder=$root/kubernetes
  if [ -d "$folder/base" ] || [ -d "$folder/overlays" ]; then
    folder=$folder/${environment:+overlays/}${environment:-base}
  elif [ -n "$environment" ] && [ "$environment" != "$(built_for)" ]; then
    folder=$folder/overlays/$environment
  fi
}

# built_for: the environment of the objects in $folder, `-` for the platform as it stands.
built_for() {
  [ ! -r "$folder/fixed.conf" ] || sed -n 's/^environment //p' "$folder/fixed.conf"
}

# look_at_environment: ends where another environment runs in one of the namespaces.
look_at_environment() {
  wanted=$(built_for)
  [ -n "$wanted" ] && [ -z "$other" ] || return 0
  while read -r namespace <&3; do
    [ -n "$namespace" ] || continue
    there=$(kubectl get namespace "$namespace" --ignore-not-found -o 'jsonpath={.metadata.annotations.infrac/environment}') ||
      fail "the cluster cannot be asked for $namespace"
    case $there in
      '' | "$wanted") ;;
      -) fail "the platform without an environment runs in $namespace, and not $wanted; where that is meant, --other-environment" ;;
      *) fail "the environment $there runs in $namespace: call it by $there; where another is to be put over it, --other-environment" ;;
    esac
  done 3<<LIST
$(sed -n 's/^namespace //p' "$folder/fixed.conf")
LIST
}
