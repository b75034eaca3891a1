#!/usr/bin/env bash
# Holds what `dogwatch import alertmanager` writes to amtool: random route trees, random alerts, and the
# receivers of each, in order.
#
#   tests/peers/alertmanager/run.sh [path of the dogwatch binary]
#
# DOGWATCH_PEER_TREES and DOGWATCH_PEER_SEED ask for more, or for others.
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
amtool --version 2>&1 | head -1
python3 "$here/routes.py" "$dogwatch" "${DOGWATCH_PEER_TREES:-200}" 100 "${DOGWATCH_PEER_SEED:-1}"
