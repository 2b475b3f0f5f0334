#!/usr/bin/env bash
# Draws what the controllers did on a few networks to docs/bwe/*.svg: delivered rate over time, ours
# beside GCC and SCReAM v2.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
sim=${BWE_SIM:-build/release/sim/bwe/bwe_sim}
mkdir -p docs/bwe

# plot FILE TITLE SCENARIO MAX_MBPS
plot() {
  {
    for algorithm in 0 1 2; do
      "$sim" timeline "$3" 1 "$algorithm" | sed "s/^/$algorithm /"
    done
  } | awk -v title="$2" -v top="$4" '
    BEGIN {
      width = 720; height = 260; left = 46; bottom = 36; head = 34
      split("#0b6e4f #c8553d #3d5a98", colour, " "); split("Conclave,GCC,SCReAM v2", name, ",")
    }
    { a = $1 + 1; n[a]++; t[a, n[a]] = $2; v[a, n[a]] = $3 > top ? top : $3; if ($2 > last) last = $2 }
    function x(s) { return left + s / last * (width - left - 12) }
    function y(m) { return height - bottom - m / top * (height - bottom - head) }
    END {
      printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n", width, height
      printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n<text x=\"%d\" y=\"18\" font-size=\"14\">%s (Mbps delivered)</text>\n", left, title
      for (i = 0; i <= 4; i++) {
        m = top * i / 4
        printf "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/><text x=\"4\" y=\"%.1f\">%.3g</text>\n", left, y(m), width - 12, y(m) + 4, m
      }
      for (s = 0; s <= last; s += 20) printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d s</text>\n", x(s), height - 18, s
      for (a = 1; a <= 3; a++) {
        printf "<polyline fill=\"none\" stroke-width=\"1.6\" stroke=\"%s\" points=\"", colour[a]
        for (i = 1; i <= n[a]; i++) printf "%.1f,%.1f ", x(t[a, i]), y(v[a, i])
        printf "\"/>\n<text x=\"%d\" y=\"18\" fill=\"%s\">%s</text>\n", width - 290 + a * 72, colour[a], name[a]
      }
      print "</svg>"
    }' >"docs/bwe/$1.svg"
}

plot rfc8867-5.1 "RFC 8867 5.1: 1, 2.5, .6, 1 Mbps" 5 3
plot deep-drop "4, .5, 4 Mbps with a queue of 1 s" 7 5
plot loss-5 "2 Mbps, 5 % random loss" 12 2.4
plot route "2 Mbps, 70 ms longer from 10 s on" 23 2.4
plot reno "Beside one Reno download on 2 Mbps" 33 2.4
