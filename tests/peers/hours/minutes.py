"""Counts the minutes of a year by kind, and compares.

    minutes.py ROTATIONS SHOW.json REPORT.json ZONE

An hour of a public holiday in the person's region is `holiday`; else of a Saturday or Sunday, `weekend`; else of sleep, `night`; else
of work, `working`; else `evening`. All on the person's own clock. Months are those of the reader's clock.
"""

import collections
import datetime
import json
import pathlib
import sys
import tomllib
import zoneinfo

import icalendar

UTC = datetime.timezone.utc
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def windows(text):
    """`Mon-Fri 09:00-18:00` as a set of minutes of the week."""
    days, hours = text.split()
    first, last = (DAYS.index(it) for it in days.split("-"))
    start, end = (int(it[:2]) * 60 + int(it[3:]) for it in hours.split("-"))
    length = end - start if start < end else end + 1440 - start
    return {((day * 1440) + start + it) % 10080 for day in range(first, last + 1) for it in range(length)}


def holidays(folder, source):
    if isinstance(source, list):
        return {datetime.date.fromisoformat(str(it)) for it in source}
    days = set()
    calendar = icalendar.Calendar.from_ical((folder / source).read_bytes())
    for event in calendar.walk("VEVENT"):
        assert "RRULE" not in event, "this count does not expand rules"
        day, end = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else None
        end = end or day + datetime.timedelta(days=1)
        while day < end:
            days.add(day)
            day += datetime.timedelta(days=1)
    return days


def main(folder, show, report, zone):
    folder, reader = pathlib.Path(folder), zoneinfo.ZoneInfo(zone)
    org = tomllib.loads((folder / "org.toml").read_text())
    people = tomllib.loads((folder / "people.toml").read_text())
    work, sleep = windows(org["working-hours"]), windows(org["sleep"])
    calendars = {name: holidays(folder, it) for name, it in org["holidays"].items()}
    show, report = (json.loads(pathlib.Path(it).read_text()) for it in (show, report))
    start = datetime.datetime.fromisoformat(show["from"]).astimezone(UTC)
    end = datetime.datetime.fromisoformat(show["until"]).astimezone(UTC)
    total = int((end - start).total_seconds()) // 60

    months = [(start + datetime.timedelta(minutes=it)).astimezone(reader).strftime("%Y-%m") for it in range(total)]
    tables = {}

    def kinds(person):
        key = (people[person]["zone"], people[person].get("region"))
        if key not in tables:
            clock, days = zoneinfo.ZoneInfo(key[0]), calendars.get(key[1], set())
            table = []
            for it in range(total):
                local = (start + datetime.timedelta(minutes=it)).astimezone(clock)
                of_week = local.weekday() * 1440 + local.hour * 60 + local.minute
                if local.date() in days:
                    table.append("holiday")
                elif local.weekday() >= 5:
                    table.append("weekend")
                elif of_week in sleep:
                    table.append("night")
                elif of_week in work:
                    table.append("working")
                else:
                    table.append("evening")
            tables[key] = table
        return tables[key]

    counted = collections.Counter()
    for shift in show["shifts"]:
        if shift["person"] is None:
            continue
        table = kinds(shift["person"])
        seat = shift["rotation"] + (".secondary" if shift["seat"] == "secondary" else "")
        first, last = (datetime.datetime.fromisoformat(shift[it]).astimezone(UTC) for it in ("start", "end"))
        first, last = (int((it - start).total_seconds()) // 60 for it in (first, last))
        for minute in range(first, last):
            counted[months[minute], shift["person"], seat, table[minute]] += 1

    told = collections.Counter()
    for line in report["lines"]:
        for kind in ("working", "evening", "night", "weekend", "holiday"):
            assert line[kind] % 60 == 0
            if line[kind]:
                told[line["month"], line["person"], line["seat"], kind] += line[kind] // 60
    wrong = [(it, counted[it], told[it]) for it in sorted(counted | told) if counted[it] != told[it]]
    if wrong:
        sys.exit(f"{len(wrong)} figures differ, the first: {wrong[:3]}")
    zones = len({people[person]["zone"] for _, person, _, _ in counted})
    print(f"{sum(counted.values()) / 60:,.0f} hours of {len({it[1] for it in counted})} people in {zones} zones, "
          f"{len(counted)} figures by month, person, seat and kind: all agree ({zone})")


main(*sys.argv[1:])
