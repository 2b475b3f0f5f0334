#!/usr/bin/env bash
# What the server adds to the one-way delay of audio: from the sender's sendmsg to the receiving socket's
# kernel, where the way between is loopback. The release server has the first core of this machine to
# itself, conclave-load the second. So many rooms of ten, five cameras in each, as make the server as busy
# as wanted.
#
#   bench/latency.sh [SECONDS]     20 without
#
# Windows of 100 ms in which something else took more than 2 ms from either are left out; "all" are the
# figures with them.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=bench/load_server.sh
. bench/load_server.sh

seconds=${1:-20}
load_media
server_cpus=0 load_cpus=1
[ "$(nproc)" -gt 1 ] || server_cpus='' load_cpus=''
start_server --participants-per-room 1000 --shards 1

# measure ROOMS SECONDS [OPTION...]: in new rooms each time; sets `cpu`, of a core.
measure() {
  run_load -q -n 10 --rooms "$1" --talkers 3 --cameras 5 --tiles 4 --large 0 --join-rate 50 --join-timeout 60 \
    --verify-every 10 --duration "$2" "${@:3}" "http://127.0.0.1:$port/open/latency-$((++run))" >"$state/summary"
  cpu=$(of server cpu_percent)
}

# measure_at PERCENT: grows or shrinks in proportion until the server is that busy, or leaves something out.
rooms=8 run=0
measure_at() {
  for ((try = 0; try < 6; ++try)); do
    measure "$rooms" 4
    shedding=$(health | grep -oE '"shedding":\[[0-9]+' | grep -oE '[0-9]+')
    echo "$rooms rooms: $cpu % of a core, shedding $shedding" >&2
    if [ "$shedding" -gt 0 ]; then rooms=$((rooms * 9 / 10)); continue; fi
    awk -v cpu="$cpu" -v wanted="$1" 'BEGIN { exit !(cpu > wanted - 6 && cpu < wanted + 6) }' && break
    # Not by half as much again at once: a server with more to do sends rarer, and each costs less.
    rooms=$(awk -v n="$rooms" -v cpu="$cpu" -v wanted="$1" \
      'BEGIN { f = wanted / cpu; if (f > 1.4) f = 1.4; n = int(n * f + 0.5); print n < 1 ? 1 : n }')
  done
  measure "$rooms" "$seconds" --canary
  cat "$state/summary" >&2
}

# figures NAME OBJECT: three quantiles, in ms.
figures() {
  for quantile in p50 p99 p999; do printf ' %s%s_ms=%.2f' "$1" "$quantile" "$(of "$2" "$quantile")"; done
}

measure_at 50
half=$(figures '' calm_audio_delay_ms; figures all_ measured_audio_delay_ms)
half+=$(printf ' cpu_pct=%.0f rooms=%d stolen_pct=%.0f packets=%d' "$cpu" "$rooms" \
  "$(awk -v s="$(number stolen_share)" 'BEGIN { print 100 * s }')" "$(of calm_audio_delay_ms count)")
measure_at 90
full=$(figures load90_ calm_audio_delay_ms; figures load90_all_ measured_audio_delay_ms)
full+=$(printf ' load90_cpu_pct=%.0f load90_rooms=%d load90_stolen_pct=%.0f' "$cpu" "$rooms" \
  "$(awk -v s="$(number stolen_share)" 'BEGIN { print 100 * s }')")
echo "latency:$half$full"
