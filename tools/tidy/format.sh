#!/usr/bin/env bash
# Every C++ file is formatted by .clang-format; every shell script parses.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

git ls-files -z --cached --others --exclude-standard '*.h' '*.cc' |
  xargs -0 -r clang-format-14 --dry-run --Werror
git ls-files -z --cached --others --exclude-standard '*.sh' run.sh test.sh .ci/run |
  xargs -0 -r -n1 bash -n
