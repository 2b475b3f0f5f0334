#!/usr/bin/env bash
# Sets up and runs Conclave on a bare Debian 12: installs what is missing, builds, starts the server.
#
#   ./run.sh                  build and start; prints the link
#   ./run.sh -- --help        options after -- go to the server
#   ./run.sh package          build conclave_VERSION_amd64.deb in build/
#   ./run.sh build            build only
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
# shellcheck source=tools/setup.sh
. tools/setup.sh

command=start
if [ $# -gt 0 ] && [ "$1" != "--" ]; then
  command=$1
  shift
fi
[ "${1:-}" = "--" ] && shift

case $command in
  start | build | package) ;;
  *)
    sed -n '2,7s/^# \{0,1\}//p' "$0"
    echo "run.sh: unknown command '$command'" >&2
    exit 2
    ;;
esac

install_packages "${BUILD_PACKAGES[@]}"
install_npm
build_server release conclave
[ "$command" = package ] && build_server release conclave-load
build_web

case $command in
  start)
    # As deploy/conclave.service does.
    export GLIBC_TUNABLES=glibc.malloc.hugetlb=1
    exec build/release/server/app/conclave --web-root web/app/dist "$@"
    ;;
  package)
    install_packages dpkg-dev fakeroot
    exec deploy/debian/build.sh "${1:-build}"
    ;;
esac
