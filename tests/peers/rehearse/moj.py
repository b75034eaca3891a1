#!/usr/bin/env python3
"""The Ministry of Justice's schedules, created in a rehearsal and rendered by it, against the
rendering by PagerDuty's rules in ../moj/pagerduty_layers.py: every entry of `final_schedule` for a
year, row for row."""

import json
import sys
from pathlib import Path

from practice import ROOT, Practice

sys.path.insert(0, str(ROOT / "tests" / "peers" / "moj"))
from pagerduty_layers import instant, render, utc  # noqa: E402

EXAMPLE = ROOT / "examples" / "ministry-of-justice"


def main():
    dogwatch = sys.argv[1]
    different = compared = 0
    files = [
        ("moj-pagerduty.json", "2025-01-01", "2026-01-01"),
        ("moj-pagerduty.json", "2026-01-01", "2027-01-01"),
        ("moj-pagerduty-2025-03-11.json", "2025-03-11", "2026-03-11"),
    ]
    for name, since, until in files:
        schedules = json.loads((EXAMPLE / "data" / name).read_text(encoding="utf-8"))["schedules"]
        # Before any of the layers begins, so that no start is in the past.
        with Practice(dogwatch, "2020-01-01T00:00:00Z", organisation=EXAMPLE) as practice:
            people = users(practice)
            rows = []
            for schedule in schedules:
                rows += rendered(practice, schedule, people, since, until)
        expected = [
            (row["schedule"], row["start"], row["end"], row["person"])
            for row in render(schedules, instant(since), instant(until))
        ]
        compared += len(expected)
        for row in sorted(set(rows) ^ set(expected))[:10]:
            side = "rehearsal" if row in rows else "rules    "
            print(f"only the {side} has {row}", file=sys.stderr)
        different += len(set(rows) ^ set(expected)) + abs(len(rows) - len(expected))
    print(f"rehearsal, layers: {compared} entries compared, {different} differ")
    return 1 if different or not compared else 0


def users(practice):
    """The id of each person of the example, by the name in the JSON."""
    found, offset = {}, 0
    while True:
        page = practice.must("GET", f"/users?limit=100&offset={offset}")
        found |= {user["email"].split("@")[0]: user["id"] for user in page["users"]}
        if not page["more"]:
            return found
        offset += page["limit"]


def rendered(practice, schedule, people, since, until):
    for person in {person for layer in schedule["layers"] for person in layer["users"]}:
        if person not in people:
            body = {"user": {"name": person, "email": f"{person}@example.com"}}
            practice.owner = "moj-01@example.com"
            people[person] = practice.must("POST", "/users", body)["user"]["id"]
    names = {identity: person for person, identity in people.items()}
    layers = [
        {
            "name": layer["name"],
            "start": layer["start"],
            "end": layer.get("end"),
            "rotation_virtual_start": utc(instant(layer["rotation_virtual_start"])),
            "rotation_turn_length_seconds": layer["rotation_turn_length_seconds"],
            "users": [{"user": {"id": people[it], "type": "user_reference"}} for it in layer["users"]],
            "restrictions": layer["restrictions"],
        }
        for layer in schedule["layers"]
    ]
    body = {"name": schedule["name"], "time_zone": schedule["time_zone"], "schedule_layers": layers}
    made = practice.must("POST", "/schedules", {"schedule": body})["schedule"]["id"]
    target = f"/schedules/{made}?since={since}T00:00:00Z&until={until}T00:00:00Z&time_zone=UTC"
    entries = practice.must("GET", target)["schedule"]["final_schedule"]["rendered_schedule_entries"]
    return [
        (schedule["name"], utc(instant(it["start"])), utc(instant(it["end"])), names[it["user"]["id"]])
        for it in entries
    ]


if __name__ == "__main__":
    sys.exit(main())
