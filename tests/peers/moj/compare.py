#!/usr/bin/env python3
"""Compare `dogwatch show --format json` (on stdin) with the rendering by PagerDuty's rules.

Both sides are shifts, not sums: every rotation must have the same starts, ends and people, and no
row more than once. A rotation whose schedule is only known up to a time (`known-until` in
data/rotations.json) is held to the rendering until then; what follows is counted and told apart.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from convert import EXAMPLE
from pagerduty_layers import instant, render, utc

SHOWN = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("schedules", type=Path, help="the JSON that the organisation was made of")
    parser.add_argument("since", help="as in pagerduty_layers.py")
    parser.add_argument("until", help="the same; excluded")
    args = parser.parse_args()
    since, until = instant(args.since), instant(args.until)

    schedules = json.loads(args.schedules.read_text(encoding="utf-8"))["schedules"]
    table = json.loads((EXAMPLE / "data" / "rotations.json").read_text(encoding="utf-8"))
    stems = {row["schedule"]: row["rotation"] for row in table}
    known = {row["rotation"]: instant(row["known-until"]) for row in table if "known-until" in row}

    theirs = {stems[schedule["name"]]: [] for schedule in schedules}
    for row in render(schedules, since, until):
        theirs[stems[row["schedule"]]].append(
            (instant(row["start"]), instant(row["end"]), row["person"])
        )
    ours = {stem: [] for stem in theirs}
    for shift in json.load(sys.stdin)["shifts"]:
        if shift["rotation"] not in ours or shift["seat"] != "primary":
            sys.exit(f"a shift that no schedule has: {shift}")
        ours[shift["rotation"]].append(
            (instant(shift["start"]), instant(shift["end"]), shift["person"])
        )

    compared, different = 0, 0
    for stem in theirs:
        end = min(until, known.get(stem, until))
        want, got = clip(theirs[stem], since, end), clip(ours[stem], since, end)
        compared += len(want)
        different += tell(stem, want, got)
        if end < until:
            want, got = (clip(rows, max(since, end), until) for rows in (theirs[stem], ours[stem]))
            same = "the same" if want == got else "NOT the same"
            print(f"  {stem} from {utc(max(since, end))}: {len(want)} shifts, {same}; "
                  "PagerDuty's own answer is not known there")
    print(f"{args.since} to {args.until}: {compared} shifts compared, {different} differ")
    return 1 if different else 0


def tell(stem, want, got):
    """Prints the first rows that only one side has; how many there are."""
    missing, extra = Counter(want) - Counter(got), Counter(got) - Counter(want)
    rows = [(row, "rendering") for row in missing.elements()]
    rows += [(row, "dogwatch ") for row in extra.elements()]
    for (start, end, person), side in sorted(rows)[:SHOWN]:
        print(f"{stem}: only {side} has {utc(start)} {utc(end)} {person}", file=sys.stderr)
    return len(rows)


def clip(rows, since, until):
    """The rows in order, cut to the span."""
    cut = sorted((max(start, since), min(end, until), person) for start, end, person in rows)
    return [row for row in cut if row[0] < row[1]]


if __name__ == "__main__":
    sys.exit(main())
