#!/usr/bin/env python3
"""PagerDuty's schedules, real and random: the calendar of the imported files against PagerDuty's rules.

    calendars.py DOGWATCH ACCOUNTS SEED
"""

import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

from pagerduty_layers import DAY, instant, render, utc

ROOT = Path(__file__).resolve().parents[3]
ZONES = [
    "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo",
    "Etc/UTC", "Pacific/Auckland",
]
HOUR = 3600
TURNS = [HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, 36 * HOUR, DAY, DAY, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 7 * DAY, 10 * DAY,
         14 * DAY, 28 * DAY]
# Around the changes of the clocks, and far from the beginning.
SPANS = [("2026-03-01", "2026-04-30"), ("2026-09-20", "2026-11-20"), ("2031-03-20", "2031-04-10")]


def main():
    dogwatch, accounts, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    compared = different = 0
    with tempfile.TemporaryDirectory() as folder:
        published = ROOT / "examples/ministry-of-justice/data/moj-pagerduty.json"
        schedules = json.loads(published.read_text(encoding="utf-8"))["schedules"]
        # Of turns of some hours, PagerDuty's own answer is not known once the clocks change; ours is elapsed too.
        years = [(f"{year}-01-01", f"{year + 1}-01-01") for year in (2023, 2024, 2025, 2026)]
        into = Path(folder, "moj")
        imported(dogwatch, published, into)
        for span in years:
            counts = compare(dogwatch, into, schedules, span, {})
            compared, different = compared + counts[0], different + counts[1]
        print(f"the Ministry of Justice: {compared} shifts compared, {different} differ")
        for number in range(accounts):
            rng = random.Random(f"{seed}/{number}")
            schedules = [schedule(rng, it) for it in range(3)]
            source = Path(folder, f"{number}.json")
            source.write_text(json.dumps(terraform(schedules)), encoding="utf-8")
            into = Path(folder, str(number))
            imported(dogwatch, source, into)
            for span in SPANS:
                counts = compare(dogwatch, into, schedules, span, {"account": number, "seed": seed})
                compared, different = compared + counts[0], different + counts[1]
    print(f"with {accounts} random accounts: {compared} shifts compared, {different} differ")
    # A search that compares next to nothing proves nothing.
    sys.exit(1 if different or compared < 5000 + 100 * accounts else 0)


def imported(dogwatch, source, into):
    command = [dogwatch, "import", "terraform", str(source), "--into", str(into)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"the import of {source} fails:\n{done.stderr}")


def compare(dogwatch, into, schedules, span, where):
    command = [dogwatch, "-C", str(into), "--zone", "UTC", "--format", "json", "show", "--from", span[0], "--until", span[1]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{where}: show fails:\n{done.stderr}")
    ours = Counter(
        (it["rotation"], instant(it["start"]), instant(it["end"]), it["person"]) for it in json.loads(done.stdout)["shifts"]
    )
    rows = render(schedules, instant(span[0]), instant(span[1]))
    theirs = Counter((slug(it["schedule"]), instant(it["start"]), instant(it["end"]), it["person"]) for it in rows)
    wrong = list((ours - theirs).elements()) + list((theirs - ours).elements())
    for row in sorted(wrong)[:6]:
        side = "dogwatch" if ours[row] > theirs[row] else "rendering"
        print(f"{where}: only {side} has {row[0]} {utc(row[1])} {utc(row[2])} {row[3]}", file=sys.stderr)
    if wrong:
        print(json.dumps([it for it in schedules if slug(it["name"]) == sorted(wrong)[0][0]]), file=sys.stderr)
    return sum(theirs.values()), len(wrong)


def slug(name):
    return "-".join("".join(it if it.isalnum() or it == "_" else " " for it in name.lower()).split())


def schedule(rng, number):
    zone = rng.choice(ZONES)
    return {"name": f"Schedule {number}", "time_zone": zone, "layers": [layer(rng, it) for it in range(rng.choice([1, 1, 2, 3]))]}


def layer(rng, number):
    start = datetime(2025, 1, 1, tzinfo=timezone.utc) + timedelta(minutes=15 * rng.randrange(40_000))
    virtual = start + timedelta(minutes=15 * rng.choice([0, 0, rng.randrange(-5_000, 5_000)]))
    end = None
    if rng.random() < 0.25:
        end = written(rng, start + timedelta(minutes=15 * rng.randrange(1, 40_000)))
    people = [f"p{it}" for it in rng.sample(range(9), rng.randint(1, 6))]
    if rng.random() < 0.1:
        people.append(people[0])
    return {
        "name": f"Layer {number}",
        "start": written(rng, start),
        "end": end,
        "rotation_virtual_start": written(rng, virtual),
        "rotation_turn_length_seconds": rng.choice(TURNS),
        "users": people,
        "restrictions": restrictions(rng),
    }


def restrictions(rng):
    kind = rng.choice(["none", "none", "daily", "workdays", "weekly"])
    at = f"{rng.randrange(24):02}:{rng.choice(['00', '30'])}:00"
    if kind == "daily":
        return [{"type": "daily_restriction", "start_time_of_day": at, "duration_seconds": HOUR * rng.randint(1, 23)}]
    if kind == "workdays":
        length = HOUR * rng.choice([8, 10, 24])
        return [weekly(day, at, length) for day in range(1, 6)]
    if kind == "weekly":
        return [weekly(rng.randint(1, 7), at, HOUR * rng.randint(1, 160)) for _ in range(rng.randint(1, 2))]
    return []


def weekly(day, at, length):
    return {"type": "weekly_restriction", "start_day_of_week": day, "start_time_of_day": at, "duration_seconds": length}


def written(rng, at):
    """An instant, at one of the offsets in which people write them."""
    return at.astimezone(timezone(timedelta(minutes=rng.choice([0, 0, 60, -300, 330])))).isoformat()


def terraform(schedules):
    """A state with ids, in a module of its own."""
    people = sorted({user for it in schedules for layer in it["layers"] for user in layer["users"]})
    users = [
        {"address": f"pagerduty_user.{it}", "mode": "managed", "type": "pagerduty_user", "name": it,
         "values": {"id": f"PUSER{it[1:]}", "name": it.upper(), "email": f"{it}@example.com"}}
        for it in people
    ]
    resources = []
    for number, it in enumerate(schedules):
        layers = [
            {**{key: layer[key] for key in layer if key not in ("users", "restrictions")},
             "users": [f"PUSER{user[1:]}" for user in layer["users"]], "restriction": layer["restrictions"]}
            for layer in it["layers"]
        ]
        resources.append({
            "address": f"module.oncall.pagerduty_schedule.s[{number}]", "mode": "managed", "type": "pagerduty_schedule",
            "name": "s", "index": number,
            "values": {"id": f"PSCHED{number}", "name": it["name"], "time_zone": it["time_zone"], "layer": layers},
        })
    module = {"address": "module.oncall", "resources": resources}
    return {"format_version": "1.0", "terraform_version": "1.9.8",
            "values": {"root_module": {"resources": users, "child_modules": [module]}}}


if __name__ == "__main__":
    main()
