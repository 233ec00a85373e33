#!/bin/sh
# Makes the test certificates: a root, an intermediate, a server certificate for loopback valid for a century, and one
# that ran out in 2021. The results are committed, so that tests need no openssl; run this only to change them.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
key() { openssl ecparam -genkey -name prime256v1 -noout -out "$1"; }
authority() { # name: an `openssl ca` configuration, because only `ca` can set both dates
  mkdir "$work/$1"
  : > "$work/$1/index"
  openssl rand -hex 8 > "$work/$1/serial"
  printf '[ca]\ndefault_ca=c\n[c]\ndatabase=%s/index\nserial=%s/serial\nnew_certs_dir=%s\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n' \
    "$work/$1" "$work/$1" "$work/$1" > "$work/$1/cnf"
}
sign() { # authority, its key, its certificate, request, out, extensions, from, to
  printf '%b' "$6" > "$work/ext"
  openssl ca -batch -notext -config "$work/$1/cnf" -keyfile "$2" -cert "$3" -in "$4" -out "$5" -extfile "$work/ext" \
    -startdate "$7" -enddate "$8" 2>/dev/null
}
long='20240101000000Z 21240101000000Z'
key "$work/root.key"
openssl req -x509 -new -key "$work/root.key" -subj '/CN=Net Trace Test Root' -days 36500 -sha256 -out root.pem
authority root
authority middle
key "$work/middle.key"
openssl req -new -key "$work/middle.key" -subj '/CN=Net Trace Test Intermediate' -out "$work/middle.csr"
sign root "$work/root.key" root.pem "$work/middle.csr" middle.pem 'basicConstraints=critical,CA:true\n' $long
for name in server expired; do
  key "$name.key"
  openssl req -new -key "$name.key" -subj "/CN=$name.nettrace.test" -out "$work/$name.csr"
  dates=$long
  [ "$name" = expired ] && dates='20200101000000Z 20210101000000Z'
  sign middle "$work/middle.key" middle.pem "$work/$name.csr" "$work/$name.pem" \
    'basicConstraints=CA:false\nsubjectAltName=DNS:localhost,DNS:nettrace.test,IP:127.0.0.1,IP:::1\n' $dates
  cat "$work/$name.pem" middle.pem > "$name.pem"
done
rm -f middle.pem
