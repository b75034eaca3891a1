#!/usr/bin/env bash
# Holds what `dogwatch import terraform` writes to a rendering by PagerDuty's rules, written apart from it, in
# Python: the Ministry of Justice's schedules as published, and random ones in Terraform's form.
#
#   tests/peers/terraform/run.sh [path of the dogwatch binary]
#
# DOGWATCH_PEER_ACCOUNTS and DOGWATCH_PEER_SEED ask for more, or for others.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dogwatch=$(realpath -m "${1:-$root/target/release/dogwatch}")
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/../moj
unset DOGWATCH_ZONE

if [[ ! -x $dogwatch ]]; then
  echo "no dogwatch at $dogwatch: build it, or name it" >&2
  exit 2
fi
python3 "$here/calendars.py" "$dogwatch" "${DOGWATCH_PEER_ACCOUNTS:-60}" "${DOGWATCH_PEER_SEED:-1}"
