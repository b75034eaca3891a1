#!/usr/bin/env bash
# Holds what `dogwatch apply` sends to PagerDuty's OpenAPI document, if it is at hand, and what stands there afterwards,
# read by PagerDuty's own Python client, to `dogwatch show`.
#
#   tests/peers/sync/run.sh [path of the dogwatch binary]
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

python3 "$here/reads.py" "$dogwatch"
python3 "$here/bodies.py" "$dogwatch"
