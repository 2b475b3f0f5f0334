#!/usr/bin/env bash
# How the server's CPU grows with receivers, with sources that nobody watches, and with rooms: one after
# the other while the rest stays as it is. conclave-load and the release server share this machine's cores.
#
#   bench/cost.sh [SECONDS [SVG]]     6 without; draws a plot where a file is named
#
# CPU is of the measured time alone, per packet that a receiver got in it.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=bench/load_server.sh
. bench/load_server.sh

seconds=${1:-6} svg=${2:-}
load_media
start_server --participants-per-room 1000

# point SERIES X OPTION...: one line "SERIES X CPU-PERCENT PACKETS-A-SECOND US-A-PACKET SHEDDING".
count=0
point() {
  run_load -q --talkers 2 --large 0 --join-rate 50 --join-timeout 60 --duration "$seconds" "${@:3}" \
    "http://127.0.0.1:$port/open/cost-$((++count))" >/dev/null
  awk -v series="$1" -v x="$2" -v cpu="$(of server cpu_percent)" -v packets="$(number measured_packets)" \
    -v seconds="$(number measured_s)" -v shedding="$(health | grep -oE '"shedding":\[[0-9]+' | grep -oE '[0-9]+')" 'BEGIN {
      rate = packets / seconds
      printf "%s %d %.1f %.0f %.2f %d\n", series, x, cpu, rate, cpu * 1e4 / rate, shedding
    }' | tee -a "$state/points" >&2
}

echo 'series, its number, % of a core, packets a second, us a packet, shedding' >&2
# Eight cameras are watched by everybody.
for n in 25 50 100 150 200; do point receivers "$n" -n "$n" --cameras 8 --tiles 8; done
# The first eight alone are watched, whatever their number.
for n in 8 25 50 75 100; do point sources "$n" -n 100 --cameras "$n" --tiles 8 --same-view; done
# Three in each, cameras on.
for n in 8 16 32 64 96; do point rooms "$n" -n 3 --rooms "$n" --cameras 3 --tiles 2; done

[ -z "$svg" ] || awk '
  BEGIN {
    width = 720; height = 300; left = 46; bottom = 40; head = 34
    colour["receivers"] = "#0b6e4f"; colour["sources"] = "#c8553d"; colour["rooms"] = "#3d5a98"
  }
  { n[$1]++; x[$1, n[$1]] = $4 / 1000; y[$1, n[$1]] = $3; if ($4 / 1000 > right) right = $4 / 1000; if ($3 > top) top = $3 }
  function px(v) { return left + v / right * (width - left - 20) }
  function py(v) { return height - bottom - v / top * (height - bottom - head) }
  END {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n", width, height
    printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n<text x=\"%d\" y=\"18\" font-size=\"14\">%% of a core, by thousands of forwarded packets a second</text>\n", left
    for (i = 0; i <= 4; i++) {
      printf "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/><text x=\"4\" y=\"%.1f\">%.0f %%</text>\n", left, py(top * i / 4), width - 20, py(top * i / 4) + 4, top * i / 4
      printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>\n", px(right * i / 4), height - 20, right * i / 4
    }
    label = width - 260
    for (s in n) {
      printf "<polyline fill=\"none\" stroke-width=\"1.6\" stroke=\"%s\" points=\"", colour[s]
      for (i = 1; i <= n[s]; i++) printf "%.1f,%.1f ", px(x[s, i]), py(y[s, i])
      printf "\"/>\n"
      for (i = 1; i <= n[s]; i++) printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", px(x[s, i]), py(y[s, i]), colour[s]
      printf "<text x=\"%d\" y=\"18\" fill=\"%s\">%s</text>\n", label, colour[s], s
      label += 80
    }
    print "</svg>"
  }' "$state/points" >"$svg"

# What one more watched packet costs, by the ends of each series; and an unwatched source.
awk '
  !($1 in first) { first[$1] = $2; cpu0[$1] = $3; rate0[$1] = $4; us0[$1] = $5 }
  { last[$1] = $2; cpu1[$1] = $3; rate1[$1] = $4; us1[$1] = $5 }
  END {
    printf "cost: receivers_us_first=%.1f receivers_us_last=%.1f", us0["receivers"], us1["receivers"]
    printf " rooms_us_first=%.1f rooms_us_last=%.1f", us0["rooms"], us1["rooms"]
    printf " cpu_pct_per_room=%.2f", (cpu1["rooms"] - cpu0["rooms"]) / (last["rooms"] - first["rooms"])
    printf " cpu_pct_per_unwatched_source=%.3f\n", (cpu1["sources"] - cpu0["sources"]) / (last["sources"] - first["sources"])
  }' "$state/points"
