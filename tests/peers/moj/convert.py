#!/usr/bin/env python3
"""Make examples/ministry-of-justice from the JSON of the schedules in its `data/`.

Writes both organisations (the files as they stand, and the revision of 2025-03-11) and the golden
`data/rendered-2025.json`. With `--check` it writes nothing and names the files that differ.

A layer of PagerDuty's becomes one of ours like this:

* `from` is its start: a date-time by the schedule's clock, as these starts lie within a turn.
* `first` is whoever's turn that is: turns are counted from the virtual start, also backwards.
* A turn of a day is `every = "day"` at the virtual start's time by the schedule's clock. A turn of
  some hours is `every = "N hours"`, elapsed, from that time on the day of `from`.
* Weekly restrictions are `hours`, and since they are all that was ever promised, `coverage` too.

What these schedules do not need (longer turns, windows past midnight, an end) is refused.
"""

import argparse
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pagerduty_layers import DAY, instant, render, resolve

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "ministry-of-justice"
REVISION = "revision-2025-03-11"
WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
MADE = "made by tests/peers/moj/convert.py: do not edit"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, name what differs")
    args = parser.parse_args()
    files = example()
    if not args.check:
        for path, text in files.items():
            (EXAMPLE / path).parent.mkdir(parents=True, exist_ok=True)
            (EXAMPLE / path).write_text(text, encoding="utf-8")
        return 0
    there = {path for folder in EXAMPLE.glob("**/rotations") for path in folder.rglob("*.toml")}
    stale = sorted(there - {EXAMPLE / path for path in files})
    stale += [
        EXAMPLE / path
        for path, text in files.items()
        if not (EXAMPLE / path).is_file() or (EXAMPLE / path).read_bytes() != text.encode()
    ]
    for path in stale:
        print(f"differs from what convert.py makes: {path}", file=sys.stderr)
    if not stale:
        print(f"convert: {len(files)} files are as convert.py makes them")
    return 1 if stale else 0


def example():
    """Every file made, by its path within the example."""
    now = read("data/moj-pagerduty.json")
    then = read("data/moj-pagerduty-2025-03-11.json")
    stems = {row["schedule"]: row["rotation"] for row in read("data/rotations.json")}
    missing = {schedule["name"] for schedule in now["schedules"]} ^ set(stems)
    if missing:
        sys.exit(f"data/rotations.json and the schedules disagree on {sorted(missing)}")

    files = {
        "rotations/org.toml": org(ORG),
        "rotations/people.toml": people(now["schedules"]),
        "rotations/services.toml": services(now["services"]),
        "rotations/escalation.toml": escalation(now, stems),
        f"{REVISION}/rotations/org.toml": org(ORG_OF_THE_REVISION),
        f"{REVISION}/rotations/people.toml": people(then["schedules"]),
        f"{REVISION}/rotations/escalation.toml": ESCALATION_OF_THE_REVISION,
        "data/rendered-2025.json": golden(now["schedules"], stems),
    }
    for schedule in now["schedules"]:
        files[f"rotations/{stems[schedule['name']]}.toml"] = rotation(schedule)
    for schedule in then["schedules"]:
        files[f"{REVISION}/rotations/{stems[schedule['name']]}.toml"] = rotation(schedule)
    return {path: schema_line(Path(path)) + text for path, text in files.items()}


def schema_line(path):
    """The line by which editors know what kind of file it is; none for JSON."""
    if path.suffix != ".toml":
        return ""
    kind = path.stem if path.stem in ("org", "people", "services", "escalation") else "rotation"
    up = "../" * (len(path.parts) + 1)
    return f"#:schema {up}schemas/{kind}.schema.json\n"


def read(path):
    return json.loads((EXAMPLE / path).read_text(encoding="utf-8"))


def rotation(schedule):
    (hours,) = {tuple(hours_of(layer)) for layer in schedule["layers"]}
    text = f"# PagerDuty's schedule `{schedule['name']}`; {MADE}\n"
    text += f"name     = {quote(schedule['name'])}\n"
    text += f"zone     = {quote(schedule['time_zone'])}\n"
    text += f"coverage = {array(hours)}\n"
    for layer in schedule["layers"]:
        text += "\n" + layer_table(layer, ZoneInfo(schedule["time_zone"]))
    return text


def layer_table(layer, zone):
    users, length = layer["users"], layer["rotation_turn_length_seconds"]
    if layer.get("end") or len(set(users)) < len(users):
        sys.exit(f"layer `{layer['name']}`: an end, or somebody twice, is not carried")
    start, anchor = instant(layer["start"]), instant(layer["rotation_virtual_start"])
    civil_start, civil_anchor = (
        datetime.fromtimestamp(at, zone).replace(tzinfo=None) for at in (start, anchor)
    )
    at = civil_anchor.strftime("%H:%M")
    if length == DAY:
        every = "day"
        turn = (civil_start - civil_anchor) // timedelta(days=1)
    else:
        every = f"{length // 3600} hours"
        turn = (start - anchor) // length
        ours = resolve(datetime.combine(civil_start.date(), civil_anchor.time()), zone)
        if length % 3600 or length > DAY or (anchor - ours) % length:
            sys.exit(f"layer `{layer['name']}`: such turns are not carried")
    first = users[turn % len(users)]

    virtual = layer["rotation_virtual_start"]
    rows = [f"# Layer `{layer['name']}`: turn 0 is {users[0]}'s, {virtual}."]
    if virtual[11:16] != at:
        rows.append(f"# By the clock of this zone that is {at}.")
    rows.append(f"people  = {array(users)}")
    if first != users[0]:
        rows.append(f"first   = {quote(first)}")
    rows.append(f"from    = {civil_start.isoformat()}")
    rows.append(f'handoff = {{ every = "{every}", at = "{at}" }}')
    rows.append(f"hours   = {array(hours_of(layer))}")
    return "[[layers]]\n" + "\n".join(rows) + "\n"


def hours_of(layer):
    """Weekly restrictions as our hours: days with the same times are joined into ranges."""
    days = {}
    for row in layer["restrictions"]:
        opens = datetime.strptime(row["start_time_of_day"], "%H:%M:%S")
        minutes = opens.hour * 60 + opens.minute + row["duration_seconds"] // 60
        if row["type"] != "weekly_restriction" or minutes > 24 * 60:
            sys.exit(f"layer `{layer['name']}`: this restriction is not carried: {row}")
        times = f"{opens:%H:%M}-{minutes // 60:02}:{minutes % 60:02}"
        days.setdefault(times, []).append(row["start_day_of_week"] - 1)
    return [f"{days_of(numbers)} {times}" for times, numbers in days.items()]


def days_of(numbers):
    """[0, 1, 2, 4] is `Mon-Wed,Fri`."""
    ranges = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(WEEK[a] if a == b else f"{WEEK[a]}-{WEEK[b]}" for a, b in ranges)


def people(schedules):
    ids = sorted({user for row in schedules for layer in row["layers"] for user in layer["users"]})
    text = f"# Pseudonyms, the same person in every file; {MADE}\n"
    for person in ids:
        name = person.replace("moj-", "MoJ ")
        text += f'\n[{person}]\nname  = "{name}"\nemail = "{person}@example.com"\n'
        text += 'zone  = "Europe/London"\n'
    return text


def services(rows):
    text = f"# PagerDuty's services; {MADE}\n"
    for row in rows:
        text += f"\n[{slug(row['name'])}]\npagerduty = {quote(row['name'])}\n"
    return text


def escalation(data, stems):
    """The one policy with its services and their support hours, then our rows for the rest."""
    (policy,) = data["escalation_policies"]
    (rule,) = policy["rules"]
    (target,) = rule["targets"]
    (hours,) = {tuple(support_hours(row)) for row in data["services"]}
    if {row["escalation_policy"] for row in data["services"]} != {policy["name"]}:
        sys.exit("a service with another policy is not carried")
    names = [slug(row["name"]) for row in data["services"]]
    reached = stems[target["schedule"]]

    text = f"# PagerDuty's policy `{policy['name']}`: one rule, one schedule; {MADE}\n"
    minutes = rule["escalation_delay_in_minutes"]
    text += f'repeat = {{ times = {policy["num_loops"]}, after = "{minutes}m" }}\n'
    text += "\n[[routes]]                     # the services' support hours, when their urgency is high\n"
    text += f"when  = {{ service = {array(names, a_line=2)} }}\n"
    text += f"hours = {array(hours)}\n"
    text += f"page  = {quote(reached)}\n"
    text += "\n# The source has no policy for the other schedules. These rows are ours: a tag asks for one.\n"
    for schedule in data["schedules"]:
        stem = stems[schedule["name"]]
        if stem != reached:
            (layer,) = schedule["layers"]
            text += "[[routes]]\n"
            text += f"when  = {{ rota = [{quote(stem)}] }}\n"
            text += f"hours = {array(hours_of(layer))}\n"
            text += f"page  = {quote(stem)}\n\n"
    text += "[[routes]]                     # outside the hours the urgency is low, and nobody is on call\n"
    text += 'notify = "low-urgency"\n'
    text += ends([stems[schedule["name"]] for schedule in data["schedules"]], minutes)
    return text + ROUTING_TESTS


def ends(stems, minutes):
    """One rule pages one schedule, and that is all: the files say that this is meant."""
    text = "\n# The policy has one rule: if nobody answers it begins again, and then it ends at nobody.\n"
    for stem in stems:
        text += f'[[escalations]]\nfrom  = {quote(stem)}\nafter = "{minutes}m"\nto    = "@nobody"\n\n'
    return text.rstrip("\n") + "\n"


def support_hours(service):
    (row,) = service["support_hours"]
    if row["type"] != "fixed_time_per_day":
        sys.exit(f"service `{service['name']}`: these support hours are not carried")
    days = days_of([day - 1 for day in row["days_of_week"]])
    return [f"{days} {row['start_time'][:5]}-{row['end_time'][:5]}"]


def golden(schedules, stems):
    """The rendering of 2025, a row a line: rotation, start, end, person."""
    rows = render(schedules, instant("2025-01-01"), instant("2026-01-01"))
    rows = [[stems[row["schedule"]], row["start"], row["end"], row["person"]] for row in rows]
    lines = [json.dumps(row, separators=(",", ":")) for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def slug(name):
    return name.lower().replace(" ", "-")


def quote(text):
    return json.dumps(text)


def array(items, a_line=6):
    """A TOML array; if it does not fit into a hundred columns, so many items to a line."""
    line = "[" + ", ".join(map(quote, items)) + "]"
    if len("people  = " + line) <= 100:
        return line
    chunks = [items[i : i + a_line] for i in range(0, len(items), a_line)]
    return "[\n" + "".join("  " + ", ".join(map(quote, chunk)) + ",\n" for chunk in chunks) + "]"


def org(limits):
    return f'# One zone for everybody; {MADE}\nzone = "Europe/London"\n\n[limits]\n{limits}'


ORG = """\
answer-within = false       # the policy pages one schedule, so nobody else is ever paged
min-rest      = false       # who leaves EM Data Hub at 17:00 may begin a data engineering day at 00:00
both-allowed  = [           # EM Data Hub borrows people from these, sometimes on their own day
  ["analytics-engineering-g7", "em-data-hub"],
  ["data-engineering-heo-seo", "em-data-hub"],
  ["data-engineering-g7", "em-data-hub"],
]
"""

ORG_OF_THE_REVISION = """\
answer-within = false       # the policy pages one schedule, so nobody else is ever paged
"""

ROUTING_TESTS = """
[[tests]]                      # a Monday
tags   = { service = "analytical-platform-storage" }
at     = 2026-11-23T10:00:00Z
expect = ["analytical-platform", "@nobody"]

[[tests]]                      # that evening
tags   = { service = "analytical-platform-storage" }
at     = 2026-11-23T20:00:00Z
expect = ["notify:low-urgency"]

[[tests]]                      # data engineers are on call all day, on working days
tags   = { rota = "data-engineering-g7" }
at     = 2026-11-23T03:00:00Z
expect = ["data-engineering-g7", "@nobody"]
"""

ESCALATION_OF_THE_REVISION = f"""\
# Not in the revision; as in the example beside it; {MADE}
[[routes]]
hours = ["Mon-Fri 09:00-17:00"]
page  = "analytical-platform"

[[routes]]
notify = "low-urgency"

[[escalations]]
from  = "analytical-platform"
after = "15m"
to    = "@nobody"
"""


if __name__ == "__main__":
    sys.exit(main())
