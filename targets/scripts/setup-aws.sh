#!/usr/bin/env bash
# shellcheck disable=SC2034
set -Eeuo pipefail

help() {
  cat <<'END'
setup-aws.sh [--dry-run] [--anyway] [--upgrade-docker] [--restart-docker]: prepares a host for the platform.
curl --fail --silent --show-error --location ADDRESS | sudo bash

For Ubuntu 22.04 and 24.04 and Amazon Linux 2023, on x86_64 and aarch64. It checks memory, disk and kernel, installs Docker and
Compose at the versions that stand in it and holds them there, keeps the settings of the kernel that the platform asks for, bounds
the logs of containers, and makes its folders. A second run changes nothing. No secret is in it, and none is asked for.

--dry-run         changes nothing, and says what it would do
--anyway          goes on where the host has less memory or disk than the platform declares
--upgrade-docker  brings a Docker of another version to the one that stands here; containers may be stopped by that
--restart-docker  starts a running Docker anew where its settings changed; containers stay where live-restore is on

exit: 0 prepared, 1 not so, 2 called wrongly
END
}

# The versions of Docker's repository for Ubuntu, which belong together (docs.docker.com, "Install Docker Engine on Ubuntu").
# 29.7.0 mends CVE-2026-17106.
docker_version=29.7.2 containerd_version=2.3.4 buildx_version=0.36.1 compose_package=5.5.0
docker_key=9DC858229FC7DD38854AE2D88D81803C0EBFCD88
docker_repository=https://download.docker.com/linux/ubuntu
# Amazon Linux 2023 has a Docker of its own, whose repository stands still until the system is upgraded, and no Compose
# (amazonlinux/amazon-linux-2023#186). Digests: periareon/rules_docker_compose:docker_compose/private/versions.bzl.
compose_binary=5.1.0
compose_x86_64=5633cb21e06a7c88c7ca48a9334d3d0f7f892e9605ae9e9a45f9a095d4ffceb8
compose_aarch64=da671ae15b4d7c68c38b572a2e9ceba89f09657d2682c2d2e34ad6db828e7442
compose_releases=https://github.com/docker/compose/releases/download
packages='docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin'

#FACTS

# A folder in the place of /, for tests.
: "${ROOT:=}"
dry_run='' anyway='' upgrade='' restart='' changes=0 notes='' was_running='' settings_changed=''

log() { printf '%s\n' "setup-aws: $*" >&2; }
fail() {
  log "$1"
  exit "${2:-1}"
}
note() { notes="$notes  $*
"; }

# change WORDS COMMAND…: runs a command that changes the host; with --dry-run says so.
change() {
  local words=$1
  shift
  changes=$((changes + 1))
  if [ -n "$dry_run" ]; then
    log "would: $words"
  else
    log "$words"
    "$@"
  fi
}

# put FILE MODE: writes standard input to a file where it holds something else. 0 where it changed.
put() {
  local file=$ROOT$1 new
  new=$(cat)
  if [ -f "$file" ] && [ "$(cat "$file")" = "$new" ]; then return 1; fi
  change "writes $1" write "$file" "$2" "$new"
}

write() {
  mkdir -p "${1%/*}"
  printf '%s\n' "$3" >"$1.new"
  chmod "$2" "$1.new"
  mv -f "$1.new" "$1"
}

main() {
  exec </dev/null
  trap 'log "stopped at line $LINENO; what was done before stays, and a second run goes on from there"' ERR
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h)
        help
        exit 0
        ;;
      --dry-run) dry_run=yes ;;
      --anyway) anyway=yes ;;
      --upgrade-docker) upgrade=yes ;;
      --restart-docker) restart=yes ;;
      *) fail "there is no option $1; see --help" 2 ;;
    esac
    shift
  done
  which_system
  prerequisites
  if systemctl is-active --quiet docker 2>/dev/null; then was_running=yes; fi
  case $system in
    ubuntu) docker_of_ubuntu ;;
    amazon) docker_of_amazon ;;
  esac
  daemon_settings
  kernel_settings
  while read -r mode folder <&3; do make_folder "$mode" "$folder"; done 3< <(folders)
  start_docker
  firewall
  report
}

which_system() {
  local id version
  [ -r "$ROOT/etc/os-release" ] || fail 'this is no system that has /etc/os-release: Ubuntu 22.04 or 24.04, or Amazon Linux 2023, is needed'
  id=$(of_release ID) version=$(of_release VERSION_ID)
  case "$id $version" in
    'ubuntu 22.04') system=ubuntu release=jammy ;;
    'ubuntu 24.04') system=ubuntu release=noble ;;
    'amzn 2023') system=amazon ;;
    *) fail "this is $id $version: Ubuntu 22.04 or 24.04, or Amazon Linux 2023, is needed" ;;
  esac
  machine=$(uname -m)
  case $machine in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    *) fail "this is a $machine: x86_64 or aarch64 is needed" ;;
  esac
}

# of_release KEY: of /etc/os-release, of which nothing is run.
of_release() { sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$ROOT/etc/os-release" | head -n 1; }

# All that is missing is said at once.
prerequisites() {
  local missing='' bad='' have place
  for program in systemctl sysctl curl sha256sum python3 df awk; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
  [ "$(id -u)" = 0 ] || {
    log 'it must run as root: sudo bash'
    bad=yes
  }
  [ -z "$missing" ] || {
    log "not installed:$missing"
    bad=yes
  }
  kernel_fits || bad=yes
  have=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' "$ROOT/proc/meminfo")
  # The kernel keeps some for itself.
  enough memory "$have" "$((MEMORY_MIB * 9 / 10))" "$MEMORY_MIB" || bad=yes
  # Where Docker keeps its data: Terraform's machines have a disk of its own there.
  place=$ROOT/var/lib/docker
  [ -d "$place" ] || place=$ROOT/
  have=$(df -Pm "$place" | awk 'NR == 2 { print $2 }')
  enough disk "$have" "$((DISK_MIB * 9 / 10))" "$DISK_MIB" || bad=yes
  [ -z "$bad" ] || exit 1
}

# enough WHAT HAVE LEAST SAID
enough() {
  [ "$2" -lt "$3" ] || return 0
  log "the host has $2 MiB of $1, and the platform declares $4 MiB"
  [ -n "$anyway" ]
}

# kernel_fits: whether every image runs on this kernel.
kernel_fits() {
  local kernel service below status=0
  kernel=$(uname -r)
  while read -r service below; do
    if at_least "$kernel" "$below"; then
      log "$service does not run on Linux $kernel: its image needs one below $below"
      status=1
    fi
  done < <(kernels)
  return "$status"
}

# at_least A B: whether the first two numbers of A are those of B or later ones.
at_least() {
  awk -v a="$1" -v b="$2" 'BEGIN { split(a, x, /[^0-9]/); split(b, y, /[^0-9]/); exit !(x[1] > y[1] || (x[1] == y[1] && x[2] >= y[2])) }' </dev/null
}

apt() { DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 --quiet --yes "$@"; }

installed() { { dpkg-query --show --showformat '${db:Status-Abbrev} ${Version}' "$1" 2>/dev/null || :; } | sed -n 's/^.i *//p'; }

docker_of_ubuntu() {
  local package have wanted='' others='' of
  for package in docker.io docker-compose docker-compose-v2 podman-docker containerd runc; do
    [ -z "$(installed "$package")" ] || others="$others $package"
  done
  [ -z "$others" ] || fail "packages of Ubuntu are in the way:$others; remove them first, with a backup of what runs"
  for package in $packages; do
    case $package in
      docker-ce | docker-ce-cli) of=5:$docker_version-1~ubuntu.$(of_release VERSION_ID)~$release ;;
      containerd.io) of=$containerd_version-1~ubuntu.$(of_release VERSION_ID)~$release ;;
      docker-buildx-plugin) of=$buildx_version-1~ubuntu.$(of_release VERSION_ID)~$release ;;
      docker-compose-plugin) of=$compose_package-1~ubuntu.$(of_release VERSION_ID)~$release ;;
    esac
    have=$(installed "$package")
    if [ -z "$have" ] || { [ "$have" != "$of" ] && [ -n "$upgrade" ]; }; then
      wanted="$wanted $package=$of"
    elif [ "$have" != "$of" ]; then
      note "$package is $have, not $of: --upgrade-docker changes it"
    fi
  done
  if [ -n "$wanted" ]; then
    command -v gpg >/dev/null || change 'installs gpg' apt install --no-install-recommends gpg
    repository
    # shellcheck disable=SC2086 # words
    change "installs$wanted" install_packages $wanted
  fi
  hold
  command -v make >/dev/null || change 'installs make, for the goals of infra.mk' apt install --no-install-recommends make
}

install_packages() {
  apt update
  apt install --no-install-recommends --allow-change-held-packages "$@"
}

repository() {
  local key=$ROOT/etc/apt/keyrings/docker.asc
  if [ ! -f "$key" ] || ! has_key "$key"; then
    change 'fetches the key of the repository' fetch_key "$key"
  fi
  put /etc/apt/sources.list.d/docker.sources 0644 <<END || :
Types: deb
URIs: $docker_repository
Suites: $release
Components: stable
Architectures: $architecture
Signed-By: /etc/apt/keyrings/docker.asc
END
}

fetch_key() {
  mkdir -p "${1%/*}"
  curl --fail --silent --show-error --location --retry 5 --output "$1.new" "$docker_repository/gpg"
  has_key "$1.new" || fail "the key of the repository is not $docker_key"
  chmod 0644 "$1.new"
  mv -f "$1.new" "$1"
}

# has_key FILE: whether it holds one key, of that fingerprint.
has_key() {
  [ "$(gpg --show-keys --with-colons "$1" 2>/dev/null | awk -F: '$1 == "pub" { keys++; wanted = 1 } $1 == "fpr" && wanted { print $10; wanted = 0 } END { if (keys != 1) print "not one key" }')" = "$docker_key" ]
}

# A new major version of the engine, or one of containerd that stops it, comes when a person asks for it.
hold() {
  local held package free=''
  held=" $(apt-mark showhold | tr '\n' ' ') "
  for package in $packages; do
    case $held in *" $package "*) ;; *) free="$free $package" ;; esac
  done
  # shellcheck disable=SC2086 # words
  [ -z "$free" ] || change "holds$free" apt-mark hold $free >/dev/null
  put /etc/apt/apt.conf.d/52docker-held 0644 <<'END' || :
// Docker is upgraded by hand: containers stop with it.
Unattended-Upgrade::Package-Blacklist { "^docker-"; "^containerd\.io$"; };
END
}

docker_of_amazon() {
  local digest plugin=$ROOT/usr/local/lib/docker/cli-plugins/docker-compose
  command -v make >/dev/null || change 'installs make, for the goals of infra.mk' dnf --assumeyes --setopt=retries=5 install make
  if ! rpm --query docker >/dev/null 2>&1; then
    change 'installs docker of Amazon Linux' dnf --assumeyes --setopt=retries=5 install docker
  fi
  case $machine in
    x86_64) digest=$compose_x86_64 ;;
    *) digest=$compose_aarch64 ;;
  esac
  if [ ! -x "$plugin" ] || ! is_file "$plugin" "$digest"; then
    change "installs Compose $compose_binary" fetch_compose "$plugin" "$digest"
  fi
}

is_file() { [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]; }

fetch_compose() {
  mkdir -p "${1%/*}"
  curl --fail --silent --show-error --location --retry 5 --output "$1.new" "$compose_releases/v$compose_binary/docker-compose-linux-$machine"
  is_file "$1.new" "$2" || {
    rm -f "$1.new"
    fail "Compose $compose_binary has another digest than $2"
  }
  chmod 0755 "$1.new"
  mv -f "$1.new" "$1"
}

# What the file says stays; what it does not say of logs is added. It holds for containers that are created later.
daemon_settings() {
  local file=$ROOT/etc/docker/daemon.json new status=0
  mkdir -p "${TMPDIR:-/tmp}"
  new=$(mktemp "${TMPDIR:-/tmp}/daemon.XXXXXX")
  python3 - "$file" >"$new" <<'END' || status=$?
import json, os, sys
path = sys.argv[1]
text = open(path).read() if os.path.exists(path) else ""
said = json.loads(text) if text.strip() else {}
if not isinstance(said, dict):
    sys.exit("it is no object")
merged = dict(said)
# Options of another driver mean nothing to this one.
if merged.get("log-driver", "json-file") in ("json-file", "local"):
    merged.setdefault("log-driver", "json-file")
    options = dict(merged.get("log-opts") or {})
    options.setdefault("max-size", "10m")
    options.setdefault("max-file", "3")
    merged["log-opts"] = options
merged.setdefault("live-restore", True)
sys.stdout.write(text if merged == said else json.dumps(merged, indent=2) + "\n")
END
  [ "$status" = 0 ] || {
    rm -f "$new"
    fail '/etc/docker/daemon.json cannot be read: mend it first'
  }
  if [ ! -f "$file" ] || ! cmp -s "$new" "$file"; then
    if command -v dockerd >/dev/null && ! dockerd --validate --config-file "$new" >/dev/null 2>&1; then
      rm -f "$new"
      fail 'the engine refuses /etc/docker/daemon.json with bounds of logs added'
    fi
    change 'writes /etc/docker/daemon.json' write "$file" 0644 "$(cat "$new")"
    settings_changed=yes
  fi
  rm -f "$new"
}

kernel_settings() {
  local key value
  [ -n "$(sysctls)" ] || return 0
  put "/etc/sysctl.d/99-$PLATFORM.conf" 0644 < <(
    printf '# What the containers of %s need.\n' "$PLATFORM"
    sysctls | sed 's/ / = /'
  ) || :
  while read -r key value; do
    [ "$(sysctl --values "$key" 2>/dev/null)" = "$value" ] || change "sets $key = $value" sysctl --quiet --write "$key=$value"
  done < <(sysctls)
}

make_folder() {
  local folder=$ROOT$2
  if [ -d "$folder" ] && [ "$(stat --format %a "$folder")" = "${1#0}" ]; then return 0; fi
  change "makes $2" install -d -m "$1" "$folder"
}

start_docker() {
  systemctl is-enabled --quiet docker 2>/dev/null || change 'enables docker' systemctl enable docker
  if [ -z "$was_running" ]; then
    systemctl is-active --quiet docker 2>/dev/null || change 'starts docker' systemctl start docker
  elif [ -n "$settings_changed" ] && [ -n "$restart" ]; then
    change 'starts docker anew' systemctl restart docker
  elif [ -n "$settings_changed" ]; then
    note 'docker runs with its settings of before: --restart-docker, at a time that suits, takes over the new ones'
  fi
}

# Ports that Docker publishes bypass both.
firewall() {
  if command -v ufw >/dev/null && ufw status 2>/dev/null | grep -q '^Status: active'; then
    note 'ufw is active: it does not guard published ports; the security group does'
  fi
  if command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1; then
    note 'firewalld is active: it does not guard published ports, and its reload may lose the rules of docker until docker is started anew'
  fi
}

report() {
  local have
  if [ -z "$dry_run" ]; then
    have=$(docker compose version --short 2>/dev/null | sed 's/^v//')
    [ -n "$have" ] || fail 'docker compose does not answer'
    at_least "$have" "$COMPOSE_FLOOR" || fail "Compose is $have, and $COMPOSE_FLOOR is needed"
    log "Docker $(docker version --format '{{.Server.Version}}' 2>/dev/null || echo 'does not answer'), Compose $have"
    [ "$system" != ubuntu ] || log "held: $(apt-mark showhold | tr '\n' ' ')"
  fi
  [ -z "$notes" ] || printf '%s' "$notes" >&2
  if [ "$changes" = 0 ]; then
    log 'nothing had to be changed'
  elif [ -n "$dry_run" ]; then
    log "dry run: $changes changes, none made"
  else
    log "$changes changes made"
  fi
  log "next: deploy.sh, or a copy of the build in $INSTALL_PATH with its .env; then scripts/install-timers.sh where it is"
  log 'done'
}

main "$@"
