#!/usr/bin/env bash
# Every #include "folder/..." in server/ and sim/ is allowed by the layer table of ARCHITECTURE.md.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

declare -A allowed=(
  [base]="base"
  [wire]="wire base"
  [transport]="transport wire base"
  [media]="media wire base"
  [router]="router transport media wire base"
  [conference]="conference base"
  [signal]="signal conference wire base protocol"
  [io]="io base"
  [app]="app io signal conference router media transport wire base protocol"
  [tests/load]="tests io sim transport media wire base"
  [sim]="sim app signal conference router media transport wire base protocol"
)
# Single headers of folders that are otherwise forbidden.
declare -A headers=(
  [conference]="router/commands.h"
  [signal]="router/commands.h"
  [tests/load]="router/commands.h router/media_kind.h"
)

bad=0
for folder in "${!allowed[@]}"; do
  directory=server/$folder
  [ "$folder" = sim ] && directory=sim
  [ "$folder" = tests/load ] && directory=tests/load
  [ -d "$directory" ] || continue
  while IFS=: read -r file line include; do
    path=$(sed -E 's/.*"([^"]+)".*/\1/' <<<"$include")
    target=${path%%/*}
    [[ " ${allowed[$folder]} " == *" $target "* ]] && continue
    [[ " ${headers[$folder]:-} " == *" $path "* ]] && continue
    # Tests may read fixtures and drive what they test from beside.
    echo "$file:$line: $folder may not include \"$path\""
    bad=1
  done < <(grep -rnE '^#include "' "$directory" --include='*.h' --include='*.cc' || true)
done
exit $bad
