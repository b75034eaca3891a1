#!/usr/bin/env bash
# Holds `dogwatch rehearse` to what others wrote: the Ministry of Justice's schedules to a rendering by
# PagerDuty's rules in Python, PagerDuty's own Python client, and PagerDuty's OpenAPI document if it is at hand.
#
#   tests/peers/rehearse/run.sh [path of the dogwatch binary]
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

python3 "$here/moj.py" "$dogwatch"
python3 "$here/client.py" "$dogwatch"
python3 "$here/openapi.py" "$dogwatch"
