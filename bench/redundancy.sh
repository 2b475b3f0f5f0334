#!/usr/bin/env bash
# Copies of audio packets beside redundant blocks (RFC 2198) on lossy networks: docs/loss-repair.md.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
program=build/release/sim/redundancy/audio_repair
if [ ! -x "$program" ]; then
  cmake --preset release >/dev/null
  ninja -C build/release audio_repair >/dev/null
fi
exec "$program"
