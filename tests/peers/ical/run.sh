#!/usr/bin/env bash
# Lets readers of calendars that others wrote read ours: they find exactly the shifts of `show --format json`.
#
#   tests/peers/ical/run.sh [path of the dogwatch binary]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dogwatch=$(realpath -m "${1:-$root/target/release/dogwatch}")
export PYTHONDONTWRITEBYTECODE=1
unset DOGWATCH_ZONE

if [[ ! -x $dogwatch ]]; then
  echo "no dogwatch at $dogwatch: build it, or name it" >&2
  exit 2
fi

for organisation in "$root" "$root"/examples/*/ "$root"/examples/*/revision-*/; do
  [[ -d $organisation/rotations ]] && python3 "$here/read.py" "$dogwatch" "$organisation"
done
