#!/bin/sh
# Installs the tools that are missing, or prints the one command that does: make calls it first, so
# that `make run` and `make check` work on a bare Debian with nothing but git and make.
#
# Usage: tools/bootstrap.sh GROUP...        the groups of tools/packages.txt that are needed
#
# Silent and quick (no network) when all is there. As root it installs what is missing with apt-get;
# otherwise it prints the command to type and fails.

list=$(dirname "$0")/packages.txt

present() {
    case $1 in
    */*)
        for file in $1; do          # unquoted: the name may hold a *
            [ -e "$file" ] && return 0
        done
        return 1 ;;
    *)
        command -v "$1" >/dev/null 2>&1 ;;
    esac
}

missing() {
    while read -r group tool package _; do
        case " $wanted " in
        *" $group "*) present "$tool" || echo "$package" ;;
        esac
    done < "$list"
}

wanted=$*
packages=$(missing | sort -u | tr '\n' ' ')
packages=${packages% }
[ -z "$packages" ] && exit 0

install="apt-get install -y --no-install-recommends $packages"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing what TokOS needs: $packages" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && $install && exit 0
    echo "That did not work. The tools are missing still; try it by hand:" >&2
else
    echo "TokOS needs tools that are not installed here. This installs them:" >&2
fi
echo "    su -c 'apt-get update && $install'" >&2
exit 1
