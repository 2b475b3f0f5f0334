#!/usr/bin/env bash
# What the server adds to the one-way delay of audio: from the sender's sendmsg to the receiving socket's
# kernel, where the way between is loopback. The release server has the first core of this machine to
# itself, conclave-load the second. A room is made larger until the server is as busy as wanted.
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

# measure PARTICIPANTS SECONDS [OPTION...]: in a new room each time; sets `cpu`, of a core.
measure() {
  run_load -q -n "$1" --talkers 8 --cameras "$(($1 / 5))" --tiles 9 --large 1 --join-rate 40 --join-timeout 60 \
    --verify-every 10 --duration "$2" "${@:3}" "http://127.0.0.1:$port/open/latency-$((++room))" >"$state/summary"
  cpu=$(of server cpu_percent)
}

# measure_at PERCENT: the room grows or shrinks in proportion until the server is that busy.
participants=80 room=0
measure_at() {
  for ((try = 0; try < 6; ++try)); do
    measure "$participants" 5
    echo "$participants participants: $cpu % of a core" >&2
    awk -v cpu="$cpu" -v wanted="$1" 'BEGIN { exit !(cpu > wanted - 5 && cpu < wanted + 5) }' && break
    # Not by half as much again at once: a server with more to do sends rarer, and each costs less.
    participants=$(awk -v n="$participants" -v cpu="$cpu" -v wanted="$1" \
      'BEGIN { f = wanted / cpu; if (f > 1.5) f = 1.5; n = int(n * f); print n < 5 ? 5 : n }')
  done
  measure "$participants" "$seconds" --canary
  cat "$state/summary" >&2
}

# figures NAME OBJECT: three quantiles, in ms.
figures() {
  for quantile in p50 p99 p999; do printf ' %s%s_ms=%.2f' "$1" "$quantile" "$(of "$2" "$quantile")"; done
}

measure_at 50
half=$(figures '' calm_audio_delay_ms; figures all_ measured_audio_delay_ms)
half+=$(printf ' cpu_pct=%.0f participants=%d stolen_pct=%.0f packets=%d' "$cpu" "$participants" \
  "$(awk -v s="$(number stolen_share)" 'BEGIN { print 100 * s }')" "$(of calm_audio_delay_ms count)")
measure_at 90
full=$(figures load90_ calm_audio_delay_ms; figures load90_all_ measured_audio_delay_ms)
full+=$(printf ' load90_cpu_pct=%.0f load90_participants=%d load90_stolen_pct=%.0f' "$cpu" "$participants" \
  "$(awk -v s="$(number stolen_share)" 'BEGIN { print 100 * s }')")
echo "latency:$half$full"
