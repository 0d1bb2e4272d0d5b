#!/bin/bash
# A stand-in for what setup-aws.sh calls, by the name that it is called by. Its folder holds what the machine is like (files named
# after questions), `packages`, `held`, `units` and `calls`, a line for each call that changes something.
here=${0%/*}/..
name=${0##*/}
asked() { cat "$here/is/$1" 2>/dev/null; }
keep() { printf '%s\n' "$name $*" >>"$here/calls"; }
case $name in
  id) asked user || echo 0 ;;
  uname) case $1 in -m) asked machine || echo x86_64 ;; *) asked kernel || echo 6.8.0-1030-aws ;; esac ;;
  df) printf 'Filesystem 1048576-blocks Used\n/dev/root %s 1\n' "$(asked disk || echo 50000)" ;;
  systemctl)
    unit=${*: -1}
    case $1 in
      is-active) grep -qx "active $unit" "$here/units" ;;
      is-enabled) grep -qx "enabled $unit" "$here/units" ;;
      *)
        keep "$@"
        case $* in
          enable*) echo "enabled $unit" >>"$here/units" ;;
          start*) echo "active $unit" >>"$here/units" ;;
        esac
        ;;
    esac
    ;;
  sysctl)
    case $1 in
      --values) sed -n "s/^$2=//p" "$here/kernel" | tail -n 1 ;;
      *)
        keep "$@"
        echo "${*: -1}" >>"$here/kernel"
        ;;
    esac
    ;;
  apt-get)
    keep "$@"
    [ ! -e "$here/is/apt-fails" ] || exit 100
    for word in "$@"; do
      case $word in *=*[0-9]-[0-9]*) echo "${word%%=*} ${word#*=}" >>"$here/packages" ;; esac
    done
    ;;
  dpkg-query)
    version=$(sed -n "s/^${*: -1} //p" "$here/packages" | tail -n 1)
    [ -n "$version" ] || exit 1
    echo "ii  $version"
    ;;
  apt-mark)
    case $1 in
      showhold) cat "$here/held" ;;
      *)
        keep "$@"
        shift
        printf '%s\n' "$@" >>"$here/held"
        ;;
    esac
    ;;
  dnf)
    keep "$@"
    echo "docker 25" >>"$here/packages"
    ;;
  rpm) grep -q "^${*: -1} " "$here/packages" ;;
  gpg) sed 's/.*/pub:\nfpr:::::::::&:/' "${*: -1}" ;;
  curl)
    keep "$@"
    while [ "$1" != --output ]; do shift; done
    cp "$here/web/${3##*/}" "$2"
    ;;
  dockerd) ! grep -q refused "${*: -1}" ;;
  docker)
    case $* in
      'compose version'*) asked compose || echo 5.5.0 ;;
      version*) echo 29.7.2 ;;
    esac
    ;;
  ufw) asked ufw ;;
  firewall-cmd) [ -e "$here/is/firewalld" ] ;;
esac
