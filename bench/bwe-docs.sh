#!/usr/bin/env bash
# Puts measured tables into docs/bandwidth-estimation.md, between its markers.
#
#   bench/run.sh bwe >REPORT; bench/run.sh bwe ablation >ABLATION
#   bench/bwe-docs.sh REPORT [ABLATION]
set -euo pipefail
doc=$(dirname "$(readlink -f "$0")")/../docs/bandwidth-estimation.md

# The columns of `report` are as wide as sim/bwe/report.cc prints them. Audio is left out where it passes.
report_table() {
  awk '
    function cell(from, width,  text) { text = substr($0, from, width); gsub(/^ +| +$/, "", text); return text }
    BEGIN { print "| network | | Conclave | GCC | SCReAM v2 | gate | |"; print "|---|---|---|---|---|---|---|" }
    NR == 1 || /^bwe:/ { next }
    {
      metric = cell(30, 12); gate = cell(94, 9); verdict = cell(104, 8)
      if (metric == "audio %" && verdict == "ok" && $0 !~ /random networks/ && !held) next
      if ($0 ~ /random networks/) held = 1
      print "| " cell(1, 28) " | " metric " | " cell(43, 16) " | " cell(60, 16) " | " cell(77, 16) " | " gate " | " (verdict == "FAIL" ? "fails" : "") " |"
    }' "$1"
  printf '\n`%s`\n' "$(grep '^bwe:' "$1")"
}

ablation_table() {
  awk '
    function cell(from, width,  text) { text = substr($0, from, width); gsub(/^ +| +$/, "", text); return text }
    BEGIN {
      print "| left out | gates | mean u | p10 u | starved % | p90 q | audio % | fails then, and not with all of it |"
      print "|---|---|---|---|---|---|---|---|"
    }
    NR == 1 { next }
    {
      name = cell(1, 22); sub(/^all of it$/, "nothing", name); sub(/^no /, "", name)
      rest = substr($0, 23); n = split(rest, f, " "); gates = ""
      for (i = 7; i <= n; ++i) gates = gates (f[i] ~ /^[0-9]+:/ ? (gates == "" ? "" : ", ") : " ") f[i]
      print "| " name " | " f[1] " | " f[2] " | " f[3] " | " f[4] " | " f[5] " | " f[6] " | " gates " |"
    }' "$1"
}

# replace NAME FILE: what lies between the markers of NAME.
replace() {
  awk -v name="$1" -v file="$2" '
    $0 == "<!-- " name " -->" { print; print ""; while ((getline line <file) > 0) print line; print ""; skip = 1; next }
    $0 == "<!-- /" name " -->" { skip = 0 }
    !skip' "$doc" >"$doc.new"
  mv "$doc.new" "$doc"
}

table=$(mktemp)
trap 'rm -f "$table"' EXIT
report_table "$1" >"$table"
replace report "$table"
[ $# -lt 2 ] && exit
ablation_table "$2" >"$table"
replace ablation "$table"
