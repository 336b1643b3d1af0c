#!/bin/sh
# fetch.sh FOLDER: puts Debian's two i386 kernels, and what a static program for them is linked with,
# into FOLDER/root. apt does it, with lists and a cache of its own, so that the machine's are left
# alone and nobody needs to be root.
set -e
folder=$1
keys=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=${MIRROR:-http://deb.debian.org/debian}

mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/root"
cd "$folder"
here=$(pwd)
echo "deb [arch=i386 signed-by=$keys] $mirror bookworm main" > sources.list

apt() {
    command=$1
    shift
    "apt-$command" -q -o APT::Architecture=i386 -o APT::Architectures=i386 -o APT::Sandbox::User=root \
        -o Dir::State::Lists="$here/lists" -o Dir::Cache="$here/cache" -o Dir::State::status=/dev/null \
        -o Dir::Etc::SourceList="$here/sources.list" -o Dir::Etc::SourceParts=/dev/null "$@"
}

apt get update
kernels=$(apt cache depends linux-image-686 linux-image-686-pae | sed -n 's/^ *Depends: //p')
[ -n "$kernels" ]
# shellcheck disable=SC2086
apt get download $kernels libc6-dev-i386-cross linux-libc-dev-i386-cross
for package in *.deb; do
    dpkg-deb -x "$package" root
done
rm -r ./*.deb lists cache
rm -r root/lib root/usr/share # modules and documents: 300 MB that nobody reads
