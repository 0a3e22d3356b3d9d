#!/bin/sh
# Makes the certificates of this folder anew. They are valid from 2020, so that a machine with a wrong clock can run the tests, and the
# key of the authority is thrown away.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
: >"$work/index"
cat >"$work/ca.cnf" <<END
[ca]
default_ca = test
[test]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
email_in_dn = no
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[good]
subjectAltName = DNS:proxy.test, DNS:localhost, IP:127.0.0.1, IP:::1
extendedKeyUsage = serverAuth
[nameless]
extendedKeyUsage = serverAuth
[other]
subjectAltName = DNS:other.test
extendedKeyUsage = serverAuth
END

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
sign() { # NAME SUBJECT EXTENSIONS END KEY-FILE [OPTIONS...]
  name=$1 subject=$2 extensions=$3 end=$4 keyfile=$5
  shift 5
  openssl req -new -key "$keyfile" -subj "/CN=$subject" -out "$work/$name.csr"
  openssl ca -batch -notext -config "$work/ca.cnf" -extensions "$extensions" -startdate 20200101000000Z -enddate "$end" \
    -in "$work/$name.csr" -keyfile "$work/ca.key" -out "$name.pem" "$@" 2>"$work/log" || { cat "$work/log"; exit 1; }
}

key "$work/ca.key"
sign ca 'Paperplane test authority' authority 21200101000000Z "$work/ca.key" -selfsign
for name in server expired other-name nameless; do key "$name.key"; done
sign server proxy.test good 21200101000000Z server.key -cert ca.pem
sign expired proxy.test good 20210101000000Z expired.key -cert ca.pem
sign other-name other.test other 21200101000000Z other-name.key -cert ca.pem
sign nameless proxy.test nameless 21200101000000Z nameless.key -cert ca.pem
# By an authority that nobody knows: itself.
key stranger.key
openssl req -x509 -new -key stranger.key -subj /CN=proxy.test -addext 'subjectAltName = DNS:proxy.test, DNS:localhost, IP:127.0.0.1, IP:::1' \
  -days 36500 -out stranger.pem
chmod 644 ./*.key
