#!/usr/bin/env bash
# Hides teams in generated years of episodes, more and less clearly, and asks `dogwatch split` for them.
#
#   tests/peers/split/run.sh [path of the dogwatch binary]
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
exec python3 "$here/recover.py" "$dogwatch"
