#!/usr/bin/env bash
# Prints one of the figures that we claim; the last line is machine-readable: "NAME: key=value ...".
#
#   ./bench/run.sh NAME [argument...]     NAME as below; without one, lists them
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
export PATH="$PWD/build/node/node_modules/.bin:$PATH"

# build PROGRAM: a benchmark program, brought up to date.
build() {
  # shellcheck source=tools/setup.sh
  . tools/setup.sh
  install_packages "${BUILD_PACKAGES[@]}" libsrtp2-dev "${@:2}"
  build_server release "$1"
}

# load NAME [argument...]: bench/NAME.sh, with conclave-load against the release server.
load() {
  # shellcheck source=tools/setup.sh
  . tools/setup.sh
  install_packages "${BUILD_PACKAGES[@]}" ffmpeg espeak-ng
  build_server release conclave conclave-load
  exec "bench/$1.sh" "${@:2}"
}

# forward [argument...]: between namespaces where that is allowed, else on loopback.
forward() {
  build forward iproute2 nftables
  # As deploy/conclave.service does.
  export GLIBC_TUNABLES=glibc.malloc.hugetlb=1
  [ "$(id -u)" = 0 ] && exec bench/sink.sh build/release/bench/forward "$@"
  exec build/release/bench/forward "$@"
}

name=${1:-}
[ $# -gt 0 ] && shift
case $name in
  # Click to first decoded remote frame on localhost, warm, Chromium and Firefox.
  join)
    [ -s tests/e2e/media/Ana.y4m ] || tests/e2e/make-media.sh >/dev/null
    exec node bench/join.ts "$@"
    ;;
  # What end-to-end encryption adds to a join, three people, by turns.
  sealedjoin)
    [ -s tests/e2e/media/Ana.slow.y4m ] || tests/e2e/make-media.sh >/dev/null
    exec node bench/sealed_join.ts "$@"
    ;;
  # Gaps that four real browsers hear while 200 simulated members join their encrypted room.
  sealedstorm)
    [ -s tests/e2e/media/Ana.wav ] || tests/e2e/make-media.sh >/dev/null
    exec node --no-warnings bench/sealed_storm.ts "$@"
    ;;
  # CPU of the page that shows 25 and 49 encrypted tiles.
  tiles)
    [ -s tests/e2e/media/Ana.slow.y4m ] || tests/e2e/make-media.sh >/dev/null
    exec node bench/tiles.ts "$@"
    ;;
  # Resident memory of the idle server, and time from start to listening.
  idle) exec bench/idle.sh "$@" ;;
  # What Lighthouse says of the first page and of pre-join.
  lighthouse) exec node bench/lighthouse.ts "$@" ;;
  # Bytes of JavaScript, gzip.
  size) exec npm run --silent size -w web/app ;;
  # Our bandwidth estimation beside GCC and SCReAM v2, on simulated networks.
  bwe) exec bench/bwe.sh "$@" ;;
  # CPU per forwarded packet, beside a minimal floor.
  forward) forward "$@" ;;
  # CPU and bytes of a group's key agreement for 100, 200 and 500 members.
  keys) exec node --no-warnings web/e2ee/src/testing/key_bench.ts "$@" ;;
  # Microseconds to seal and to open a frame in a worker, Chromium and Firefox.
  frames)
    [ -s tests/e2e/media/Ana.wav ] || tests/e2e/make-media.sh >/dev/null
    exec node bench/frames.ts "$@"
    ;;
  # All that end-to-end encryption costs: `frames`, `keys` for rooms of 10 to 200, `sealedjoin`.
  e2ee)
    [ -s tests/e2e/media/Ana.slow.y4m ] || tests/e2e/make-media.sh >/dev/null
    exec node bench/e2ee.ts "$@"
    ;;
  # A thousand in one room on this machine: joins, loss, who is heard, CPU and memory of the server.
  room) load room "$@" ;;
  # 500 who join a live room within 10 s: when they hear something, and what the others miss.
  storm) load storm "$@" ;;
  # 500 rooms of three: CPU and memory of the server for each.
  rooms) load rooms "$@" ;;
  # Our CPU for each forwarded packet beside that of Debian's janus and of LiveKit.
  peers)
    build viewers janus iproute2
    load peers "$@"
    ;;
  # How CPU grows with receivers, sources and rooms.
  cost) load cost "$@" ;;
  # What the server adds to the one-way delay of audio, at half and at nearly full load.
  latency) load latency "$@" ;;
  # Copies of audio packets beside redundant blocks (RFC 2198) on lossy networks.
  redundancy) exec bench/redundancy.sh ;;
  # CPU of encryption and of connectivity checks, beside OpenSSL and libsrtp2.
  transport)
    build transport
    exec build/release/bench/transport "$@"
    ;;
  *)
    grep -B1 -E '^  [a-z]+\)' "$0" | sed -nE 's/^  # (.*)/  \1/p; s/^  ([a-z]+)\).*/\1/p'
    [ -z "$name" ] || { echo "bench/run.sh: no figure '$name'" >&2; exit 2; }
    ;;
esac
