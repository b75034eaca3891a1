#!/usr/bin/env bash
# Holds Dogwatch's calendars of examples/ministry-of-justice to a rendering by PagerDuty's rules,
# written apart from it, in Python.
#
#   tests/peers/moj/run.sh [path of the dogwatch binary]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dogwatch=$(realpath -m "${1:-$root/target/release/dogwatch}")
example=$root/examples/ministry-of-justice
revision=$example/revision-2025-03-11
export PYTHONDONTWRITEBYTECODE=1
unset DOGWATCH_ZONE

if [[ ! -x $dogwatch ]]; then
  echo "no dogwatch at $dogwatch: build it, or name it" >&2
  exit 2
fi

# compare ORGANISATION SCHEDULES FROM UNTIL
compare() {
  "$dogwatch" -C "$1" --zone UTC --format json show --from "$3" --until "$4" |
    python3 "$here/compare.py" "$2" "$3" "$4"
}

python3 "$here/pagerduty_layers.py" --self-test
python3 "$here/convert.py" --check

# 2023 has the start of the layers, 2024 a leap day, 2026 the elapsed turns.
for year in 2023 2024 2025 2026; do
  compare "$example" "$example/data/moj-pagerduty.json" "$year-01-01" "$((year + 1))-01-01"
done
echo "the revision of 2025-03-11:"
compare "$revision" "$example/data/moj-pagerduty-2025-03-11.json" 2025-03-11 2025-11-05

# Seven people with daily turns: who has Saturday and Sunday is never on call, which `check` must say.
found=$("$dogwatch" -C "$revision" --now 2026-11-23T12:00:00Z --format json check || [[ $? == 1 ]])
python3 - "$found" <<'PYTHON'
import json, sys

starving = [row for row in json.loads(sys.argv[1])["findings"] if row["rule"] == "starvation"]
if len(starving) != 1 or not starving[0]["message"].endswith(": moj-01, moj-02"):
    sys.exit(f"moj-01 and moj-02 starve, but `check` says {starving}")
print("check names the two who starve: moj-01, moj-02")
PYTHON
for command in check test; do
  "$dogwatch" -C "$example" --now 2026-11-23T12:00:00Z "$command" >/dev/null ||
    { echo "\`$command\` of examples/ministry-of-justice is not clean" >&2; exit 1; }
done
echo "check and test of the example are clean"
