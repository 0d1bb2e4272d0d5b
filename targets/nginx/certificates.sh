#!/bin/sh
# The certificates of the sites. `sites.conf` has a line for each: SITE ISSUER TIME NAME…, where TIME is in seconds: how long
# a certificate holds that is signed here (`self`), and how often certbot looks at one of an authority.
# A run over nothing but `self` ends; one over authorities goes on, and a failure costs it nothing but time.
set -u
umask 077

: "${ISSUERS:=/etc/issuers}"              # what infrac wrote
: "${STORE:=/var/lib/certificates}"       # what the proxy reads: ISSUER/SITE/fullchain.pem and privkey.pem
: "${WEBROOT:=/var/lib/acme}"             # what the proxy answers authorities with
: "${ACCOUNTS:=/etc/letsencrypt}"         # accounts, orders and what came of them, by issuer
: "${STATE:=/tmp/certificates}"           # when each is due; lost with the container, which costs one look
: "${TICK:=10}" "${FIRST:=60}" "${LAST:=3600}"

log() { printf '%s\n' "certificates: $*" >&2; }

# between LEAST MOST: a number of seconds at random, so that many stacks do not ask at once.
between() {
  number=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
  echo $(($1 + number * ($2 - $1) / 65535))
}

# said NAME: what the table says under a name of its own: the address of the proxy, what it wants to hear before a request, the
# file of an account's key.
said() { sed -n "s/^@$1 //p" "$ISSUERS/sites.conf"; }

# publish ISSUER SITE FOLDER: the proxy sees both files of FOLDER at once, by the rename of one symbolic link. The folder
# before stays: a handshake may have read one of its files. A pair that does not belong together is refused.
publish() {
  certificate=$(openssl x509 -in "$3/fullchain.pem" -noout -pubkey) || return 1
  key=$(openssl pkey -in "$3/privkey.pem" -pubout) || return 1
  if [ "$certificate" != "$key" ]; then
    log "$2: the key is not that of the certificate"
    return 1
  fi
  at=$STORE/$1
  before=$(readlink "$at/$2")
  ln -sfn "${3##*/}" "$at/.$2.link" && mv -fT "$at/.$2.link" "$at/$2" || return 1
  for old in "$at/.$2".[0-9]*; do
    case ${old##*/} in "${3##*/}" | "$before") ;; *) rm -rf "$old" ;; esac
  done
  log "$2: a certificate of $1 is there, $(openssl x509 -in "$3/fullchain.pem" -noout -enddate)"
}

# folder ISSUER SITE: an empty one, which nothing refers to yet.
folder() {
  fresh=$STORE/$1/.$2.$(date +%s).$$
  mkdir -p "$fresh" 2>/dev/null || {
    log "$STORE cannot be written to by the user $(id -u) of the groups $(id -G)"
    return 1
  }
}

# sign SITE SECONDS NAME…: a certificate that signs itself, for all names, unless there is one with two thirds of its
# time behind it at most. The key is kept.
sign() {
  site=$1 seconds=$2
  shift 2
  now=$STORE/self/$site
  if [ "$(cat "$now/names" 2>/dev/null)" = "$*" ] &&
    openssl x509 -in "$now/fullchain.pem" -noout -checkend $((seconds / 3)) >/dev/null 2>&1 &&
    openssl pkey -in "$now/privkey.pem" -noout 2>/dev/null; then
    return 0
  fi
  folder self "$site" || return 1
  alternatives=
  for name in "$@"; do
    case $name in *[!0-9.]*) kind=DNS ;; *) kind=IP ;; esac
    alternatives=${alternatives:+$alternatives,}$kind:$name
  done
  printf '%s\n' "$*" >"$fresh/names"
  printf '%s\n' '[req]' 'distinguished_name = subject' 'x509_extensions = extensions' 'prompt = no' '[subject]' \
    "CN = $site" '[extensions]' 'basicConstraints = critical,CA:FALSE' 'keyUsage = critical,digitalSignature' \
    'extendedKeyUsage = serverAuth' "subjectAltName = $alternatives" >"$fresh/request.conf"
  if openssl pkey -in "$now/privkey.pem" -noout 2>/dev/null; then
    cp "$now/privkey.pem" "$fresh/privkey.pem"
  else
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$fresh/privkey.pem" 2>/dev/null
  fi || return 1
  openssl req -x509 -new -sha256 -config "$fresh/request.conf" -key "$fresh/privkey.pem" \
    -days $(((seconds + 86399) / 86400)) -out "$fresh/fullchain.pem" || return 1
  publish self "$site" "$fresh"
}

# reaches NAME: whether the proxy answers what is put into the folder for authorities. An order without that would be lost.
reaches() {
  probe=$WEBROOT/.well-known/acme-challenge/own-$$
  mkdir -p "${probe%/*}" && chmod 755 "$WEBROOT/.well-known" "${probe%/*}" && echo "$$ $1" >"$probe" && chmod 644 "$probe" || return 1
  # Where load balancers speak the PROXY protocol with the proxy, its ports answer nobody who does not.
  answer=$(python3 -c 'import sys; from http.client import HTTPConnection
proxy, path, name, before = sys.argv[1:]
connection = HTTPConnection(proxy, timeout=5)
connection.connect()
if before:
    connection.sock.sendall(f"{before}\r\n".encode())
connection.request("GET", path, headers={"Host": name})
print(connection.getresponse().read().decode())' \
    "$(said proxy)" "/.well-known/acme-challenge/own-$$" "$1" "$(said before)" 2>/dev/null)
  rm -f "$probe"
  [ "$answer" = "$$ $1" ]
}

# order SITE ISSUER NAME…: certbot orders where none is there, names have changed, or it is time: by the authority's own
# advice, or with a third of its time left, half of it where that is less than ten days
# (certbot/certbot:certbot/src/certbot/_internal/renewal.py). Its key is kept, so that no handshake meets a certificate and a
# key of two orders.
order() {
  site=$1 issuer=$2
  shift 2
  own=$STATE/$issuer
  mkdir -p "$own" "$ACCOUNTS/$issuer" && cp "$ISSUERS/$issuer.conf" "$own/certbot.conf" || return 1
  key=$(said "key $issuer")
  # Not an argument, which every process of the container could read.
  if [ -n "$key" ]; then printf 'eab-hmac-key = %s\n' "$(cat "$key")" >>"$own/certbot.conf" || return 1; fi
  unset REQUESTS_CA_BUNDLE
  if [ -e "$ISSUERS/$issuer.pem" ]; then export REQUESTS_CA_BUNDLE="$ISSUERS/$issuer.pem"; fi
  names=
  for name in "$@"; do names=${names:+$names,}$name; done
  certbot certonly --config "$own/certbot.conf" --config-dir "$ACCOUNTS/$issuer" --work-dir "$own/work" \
    --logs-dir "$own/logs" --max-log-backups 3 --non-interactive --agree-tos --webroot --webroot-path "$WEBROOT" \
    --cert-name "$site" --domains "$names" --keep-until-expiring --renew-with-new-domains --reuse-key --quiet </dev/null || return 1
  live=$ACCOUNTS/$issuer/live/$site
  if cmp -s "$live/fullchain.pem" "$STORE/$issuer/$site/fullchain.pem"; then return 0; fi
  folder "$issuer" "$site" && cp -L "$live/fullchain.pem" "$live/privkey.pem" "$fresh/" && publish "$issuer" "$site" "$fresh"
}

# get SITE ISSUER SECONDS NAME…
get() {
  site=$1 issuer=$2 seconds=$3
  shift 3
  if [ "$issuer" = self ]; then sign "$site" "$seconds" "$@"; else order "$site" "$issuer" "$@"; fi
}

# look SITE ISSUER SECONDS NAME…: gets what is due. Behind a failure it waits a minute, and three times as long behind each
# further one, up to an hour: Let's Encrypt allows five failures of a name an hour
# (letsencrypt/website:content/en/docs/rate-limits.md).
look() {
  due=0 pause=$FIRST
  [ -e "$STATE/$1.due" ] && read -r due pause <"$STATE/$1.due"
  [ "$now" -ge "$due" ] || return 0
  every=$LAST
  if [ "$2" != self ]; then
    every=$3
    if ! reaches "$4"; then
      [ -e "$STATE/$1.waits" ] || log "$1: waits for the proxy"
      : >"$STATE/$1.waits"
      return 0
    fi
    rm -f "$STATE/$1.waits"
  fi
  if (get "$@"); then
    due=$(between "$every" $((every + every / 10))) pause=$FIRST
  else
    failed=1
    due=$(between "$pause" $((pause + pause / 4)))
    log "$1: $2 gave no certificate; again in $due seconds"
    pause=$((pause * 3 < LAST ? pause * 3 : LAST))
  fi
  echo "$((now + due)) $pause" >"$STATE/$1.due"
}

trap 'exit 0' TERM INT
mkdir -p "$STATE"
while :; do
  : >"$STATE/alive"
  now=$(date +%s) failed=0 goes_on=0
  while read -r site issuer seconds names; do
    case $site in '' | '#'* | '@'*) continue ;; esac
    [ "$issuer" = self ] || goes_on=1
    # Names are words: they hold letters, digits, dots, hyphens and `*`, which is no pattern of files.
    set -f
    # shellcheck disable=SC2086
    set -- $names
    set +f
    look "$site" "$issuer" "$seconds" "$@"
  done <"$ISSUERS/sites.conf"
  [ "$goes_on" = 1 ] || exit "$failed"
  sleep "$TICK" &
  wait "$!"
done
