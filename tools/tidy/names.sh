#!/usr/bin/env bash
# Names, sizes and leftovers: what a reader expects of every file.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

bad=0
complain() {
  echo "$*"
  bad=1
}

files() { git ls-files --cached --others --exclude-standard "$@" | while read -r f; do [ -f "$f" ] && echo "$f"; done; }

while read -r file; do
  name=$(basename "$file")
  [[ $name =~ ^[a-z0-9_]+\.(h|cc)$ ]] || complain "$file: C++ files are snake_case"
  lines=$(wc -l <"$file")
  # style.md: a file over 800 lines needs a reason that a reader accepts; none has one so far.
  [ "$lines" -le 800 ] || complain "$file: $lines lines, the limit is 800"
  case $name in
    *.h) grep -q '^#pragma once$' "$file" || complain "$file: no #pragma once" ;;
    *_test.cc)
      [ -f "${file%_test.cc}.cc" ] || [ -f "${file%_test.cc}.h" ] || [[ $file == */shard_*_test.cc ]] || [[ $file == */slot_*_test.cc ]] || [[ $file == */downlink_*_test.cc ]] ||
        [[ $file == *_pair_test.cc ]] || [[ $file == *allocation_test.cc ]] || [[ $file == *_oracle_test.cc ]] ||
        complain "$file: stands beside no file that it tests"
      ;;
  esac
done < <(files '*.h' '*.cc')

while read -r file; do
  lines=$(wc -l <"$file")
  [ "$lines" -le 800 ] || complain "$file: $lines lines, the limit is 800"
done < <(files '*.ts' '*.tsx' '*.sh')

# Every folder of the map exists in ARCHITECTURE.md's table, and no other.
for directory in server/*/; do
  folder=$(basename "$directory")
  grep -qE "\`?server/\`?|$folder/" ARCHITECTURE.md && grep -q "$folder/" ARCHITECTURE.md ||
    complain "server/$folder is not in ARCHITECTURE.md"
done

leftovers='TO''DO|FIX''ME|XX''X|HA''CK'
while read -r hit; do complain "$hit"; done < <(
  files '*.h' '*.cc' '*.ts' '*.tsx' '*.css' '*.sh' '*.proto' | grep -v '^tools/tidy/names.sh$' |
    xargs grep -nE "\\b($leftovers)\\b" || true)

# Nothing committed names a path of somebody's machine.
while read -r hit; do complain "machine path: $hit"; done < <(
  files | grep -vE '\.(png|ico|br|gz|bin)$|^tools/tidy/names.sh$|/testdata/|^fuzz/seeds/' |
    xargs grep -nIE '(^|[^a-zA-Z0-9.])/(work|root|home)/[a-z]' || true)

for required in README.md ARCHITECTURE.md CONTRIBUTING.md LICENSE CHANGELOG.md docs/glossary.md docs/dependencies.md; do
  [ -s "$required" ] || complain "$required is missing"
done
exit $bad
