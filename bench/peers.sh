#!/usr/bin/env bash
# CPU for each forwarded packet, ours beside Debian's janus (videoroom) and LiveKit, by turns: one publisher
# with frames of 8 full packets, 30 a second, and N viewers who look at their sockets every 2 ms, on this machine.
#
#   bench/peers.sh [VIEWERS [ROUNDS [SECONDS [FRAMES]]]]     50, 5, 8 and 30 without
#
# Ours estimates every path from the feedback of its receivers, paces and keeps a history meanwhile; the viewers
# of the others send none, and LiveKit's congestion control is off. All encrypt with AES-GCM, ours with keys of
# 128 bits; what the others' viewers agreed on is in the last line. A round in which somebody got less than 95 %
# is left out where there are others: something else had the cores.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$(readlink -f "$0")")/.."

# The last version that the Go module proxy has all of: later ones replace modules by forks.
livekit_module=github.com/livekit/livekit-server/cmd/server@v1.13.5
# go install names it like this; another one may be named.
built=$PWD/build/livekit/server
export CONCLAVE_BENCH_LIVEKIT=${CONCLAVE_BENCH_LIVEKIT:-$built}

without() { echo "bench/peers.sh: without $1: $2" >&2; }

# have_livekit: builds it where it is missing, for this benchmark alone; says why where it cannot.
have_livekit() {
  [ -x "$CONCLAVE_BENCH_LIVEKIT" ] && return 0
  [ "$CONCLAVE_BENCH_LIVEKIT" = "$built" ] || { without LiveKit "there is no $CONCLAVE_BENCH_LIVEKIT"; return 1; }
  command -v go >/dev/null || { without LiveKit "it is built by Go, which is not installed"; return 1; }
  echo "bench/peers.sh: building LiveKit by go install $livekit_module" >&2
  GOBIN=$(dirname "$built") go install "$livekit_module" >"$log" 2>&1 && return 0
  without LiveKit "go install failed: $(tail -n 1 "$log")"
  return 1
}

# in_namespace [argument...]: in a network of its own, with no way out, where that is allowed. janus wants an
# address that is not loopback.
in_namespace() {
  ip link set lo up
  ip link add link0 type veth peer name link1
  ip address add 10.91.0.1/24 dev link0
  ip link set link0 up
  ip link set link1 up
  CONCLAVE_BENCH_PEERS=$peers exec bench/peers.sh "$@"
}

peers=${CONCLAVE_BENCH_PEERS-}
if [ -z "$peers" ]; then
  log=$(mktemp)
  if command -v janus >/dev/null; then peers+=' janus'; else without janus 'it is not installed'; fi
  if have_livekit; then peers+=' livekit'; fi
  rm -f "$log"
  [ -n "$peers" ] || { echo 'bench/peers.sh: nobody to compare with' >&2; exit 1; }
  if [ "$(id -u)" = 0 ]; then
    export -f in_namespace
    export peers
    exec unshare --net bash -ec 'in_namespace "$@"' peers "$@"
  fi
fi

# shellcheck source=bench/load_server.sh
. bench/load_server.sh

[ -x build/release/bench/viewers ] || { echo "bench/peers.sh: no build/release/bench/viewers; ./bench/run.sh peers builds it" >&2; exit 1; }
viewers=${1:-50} rounds=${2:-5} seconds=${3:-8}
frames=${4:-30} packets=8
media=()
# As deploy/conclave.service does.
GLIBC_TUNABLES=glibc.malloc.hugetlb=1 start_server --participants-per-room 1000

wanted=$((viewers * frames * packets))

# measure NAME COMMAND...: what it prints at its end is kept, "MICROSECONDS PACKETS-A-SECOND ...".
measure() {
  "${@:2}" >"$state/$1.out" || { echo "$1 failed"; return 1; }
  tail -n 1 "$state/$1.out" >"$state/$1.round"
  echo "$1 $(cut -d' ' -f1,2 "$state/$1.round")"
}

ours() {
  run_load -q -n "$((viewers + 1))" --microphones 0 --talkers 0 --cameras 1 --encodings 1 --tiles 0 --large 1 \
    --frame-packets "$packets" --frame-rate "$frames" --verify-every 0 --join-rate 20 --duration "$seconds" \
    "http://127.0.0.1:$port/open/peers-$round" >/dev/null
  awk -v cpu="$(of server cpu_percent)" -v packets="$(number measured_packets)" -v seconds="$(number measured_s)" \
    'BEGIN { printf "%.2f %.0f\n", cpu * seconds * 1e4 / packets, packets / seconds }'
}

# keep FOLDER: this round's, there.
keep() {
  mkdir -p "$state/$1"
  for name in ours $peers; do cat "$state/$name.round" >>"$state/$1/$name"; done
}

# median NAME COLUMN
median() { cut -d' ' -f"$2" "$rounds_kept/$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

echo 'us of CPU a packet, packets a second:' >&2
undisturbed=0 complete=0
for ((round = 1; round <= rounds; ++round)); do
  failed=
  told=$(measure ours ours) || failed=1
  for peer in $peers; do
    told+=", $(measure "$peer" node "bench/$peer.ts" "$viewers" "$frames" "$packets" "$seconds")" || failed=1
  done
  echo "$told" >&2
  # Who cannot connect on so busy a machine says so; the others are for nothing then.
  [ -z "$failed" ] || continue
  keep all
  complete=$((complete + 1))
  cat "$state"/*.round | awk -v least="$((wanted * 95 / 100))" '$2 < least { exit 1 }' || continue
  keep undisturbed
  undisturbed=$((undisturbed + 1))
done

[ "$complete" != 0 ] || { echo 'bench/peers.sh: no round is complete' >&2; exit 1; }
rounds_kept=$state/all
[ "$undisturbed" = 0 ] || rounds_kept=$state/undisturbed
our_us=$(median ours 1)
ratios='' each=" ours_us=$our_us" rates=" ours_pps=$(median ours 2)" profiles=''
for peer in $peers; do
  theirs=$(median "$peer" 1)
  ratios+=$(awk -v o="$our_us" -v t="$theirs" -v p="$peer" 'BEGIN { printf " %s_ratio=%.1f", p, t / o }')
  each+=" ${peer}_us=$theirs"
  rates+=" ${peer}_pps=$(median "$peer" 2)"
  profiles+=" ${peer}_srtp=$(cut -d' ' -f4 "$state/$peer.round")"
done
echo "peers:$ratios$each$rates wanted_pps=$wanted undisturbed=$undisturbed$profiles"
