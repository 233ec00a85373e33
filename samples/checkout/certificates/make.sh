#!/usr/bin/env bash
# Makes the certificates of the sample anew. They are test material: the names they vouch for are loopback only, the
# keys are public, and nothing but this sample trusts them. Run it by hand (openssl 1.1.1 or later); the results are
# committed so that a run needs no openssl and the sample behaves the same everywhere.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/ca.conf" <<CONF
[ca]
default_ca = shop
[shop]
database = $work/index.txt
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = any
[any]
commonName = supplied
organizationName = optional
[server]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[req]
distinguished_name = name
[name]
CONF
: > "$work/index.txt"
echo 5A17 > "$work/serial"

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

# All begin well in the past and name their dates, so that a machine whose clock is off a little still takes them.
key "$work/ca.key"
openssl req -new -config "$work/ca.conf" -key "$work/ca.key" -subj '/O=Checkout sample/CN=Checkout sample test authority' -out "$work/ca.csr"
openssl ca -batch -notext -selfsign -config "$work/ca.conf" -extensions authority -keyfile "$work/ca.key" \
  -startdate 20200101000000Z -enddate 21251231235959Z -in "$work/ca.csr" -out ca.pem 2> "$work/log" || { cat "$work/log"; exit 1; }

# issue NAME COMMON-NAME BEGIN END, times as YYMMDDHHMMSSZ (until 2049) or YYYYMMDDHHMMSSZ
issue() {
  key "$1.key.pem"
  openssl req -new -config "$work/ca.conf" -key "$1.key.pem" -subj "/O=Checkout sample/CN=$2" -out "$work/$1.csr"
  openssl ca -batch -notext -config "$work/ca.conf" -extensions server -cert ca.pem -keyfile "$work/ca.key" \
    -startdate "$3" -enddate "$4" -in "$work/$1.csr" -out "$1.pem" 2> "$work/log" || { cat "$work/log"; exit 1; }
}
issue bank 'bank.shop.test' 20200101000000Z 21251231235959Z
issue risk 'risk.shop.test' 20240301000000Z 20250301000000Z # expired on purpose

for name in ca bank risk; do openssl x509 -in "$name.pem" -noout -subject -issuer -dates; done
