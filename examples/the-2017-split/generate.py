"""A year of episodes, as JSON lines on stdout: generate.py SEED NOISE

NOISE, from 0 to 1, is how often an episode that is handed on goes to anybody of the rotation instead of somebody of the hidden
team; at 1 there are no teams: nobody is better at anything than anybody else. README.md tells what is hidden here.
Only random.random() is drawn, whose values are the same in every Python.
"""

import json
import math
import random
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

SEED, NOISE = int(sys.argv[1]), float(sys.argv[2])
HERE = ZoneInfo("America/Los_Angeles")
BEGIN, END = datetime(2016, 5, 1, tzinfo=HERE), datetime(2017, 5, 1, tzinfo=HERE)

# Who is on call: a week each by the alphabet, Operations from Monday 10:00, Developers from Tuesday 10:00.
OPERATIONS = """amara bruno cleo daniel hana hugo keiko kofi leo marcus
mei olivia oskar petra priya ravi sunniva tanisha xiomara yusuf""".split()
DEVELOPERS = """adaeze ana arjun aroha bo carmen chloe clara dmitri elif emeka fatima george hiro imani ines ingrid jin jonas
lakshmi lucia maeve mateo mwangi nadia nils paulo piotr rosa sam saoirse sergei shira tariq theo wei yuki zoe""".split()
FIRST = {"operations": datetime(2016, 4, 25, 10), "developers": datetime(2016, 4, 26, 10)}

# Hidden: who knows what. Team, rotation, people, and how often each service breaks in a year.
TEAMS = {
    "app-ops": ("operations", "priya marcus xiomara daniel keiko olivia", {"dns": 60, "load-balancer": 90, "cdn": 50, "certificates": 30, "object-store": 45}),
    "build-release": ("operations", "bruno mei oskar tanisha ravi", {"build-farm": 120, "deploy-train": 100, "artifact-store": 40}),
    "storage-ops": ("operations", "cleo hugo kofi sunniva", {"mysql-main": 90, "mysql-replica": 110, "vitess-messages": 60, "vitess-users": 40, "memcached": 50, "redis-jobs": 60}),
    "visibility": ("operations", "yusuf hana petra amara leo", {"metrics": 130, "logs": 110, "traces": 40, "alert-relay": 30}),
    "calls": ("developers", "bo ines sergei lakshmi jonas", {"calls-media": 110, "calls-signalling": 70, "calls-recording": 40}),
    "data": ("developers", "wei fatima nils adaeze", {"vitess-analytics": 40, "data-warehouse": 90, "kafka-events": 70, "event-pipeline": 60}),
    "internal-tools": ("developers", "clara mateo shira dmitri", {"hr-portal": 50, "wiki": 50, "expenses": 30, "room-booking": 30}),
    "search": ("developers", "ana imani theo saoirse jin", {"search-api": 100, "search-indexer": 80, "search-ranking": 40}),
    "webapp-client": ("developers", "zoe emeka carmen hiro lucia piotr", {"web-client": 130, "desktop-shell": 60}),
    "webapp-server": ("developers", "nadia george mwangi elif rosa sam aroha", {"webapp-api": 160, "webapp-edge": 90, "webapp-jobs": 110}),
    "websocket": ("developers", "ingrid paulo arjun chloe tariq yuki maeve", {"wss-gateway": 110, "channel-server": 90, "presence": 70}),
}
# Steps bear the team that a person sits with, as an export of tickets would; nobody was paged by it.
HOME = {person: team for team, (_, people, _) in TEAMS.items() for person in people.split()}
# Until the autumn Calls had long incidents, and many; from January on it was Search, whose incidents are short.
SEASON = {"calls": lambda month: 1.8 if month < 5 else 0.5, "search": lambda month: 0.5 if month < 8 else 2.0}
LONG = {"calls": 3.0, "search": 0.5}

r = random.Random(SEED)


def pick(items):
    return items[int(r.random() * len(items))]


def minutes(mean):
    """From a quarter of it to nearly four times as much, mostly below."""
    return mean * math.exp((r.random() + r.random() + r.random() - 1.5) * 0.9)


def on_call(rotation, at):
    people = OPERATIONS if rotation == "operations" else DEVELOPERS
    weeks = (at.astimezone(HERE).replace(tzinfo=None) - FIRST[rotation]) // timedelta(weeks=1)
    return people[weeks % len(people)]


def openings(rate, season):
    """Twice as many in California's working hours as at other times."""
    at = BEGIN
    while True:
        at += timedelta(days=-math.log(1 - r.random()) * 365 / (rate * 2.0 * 2.0))
        if at >= END:
            return
        month = (at.year - 2016) * 12 + at.month - 5
        local = at.astimezone(HERE)
        busy = local.weekday() < 5 and 9 <= local.hour < 18
        if r.random() < season(month) / 2.0 * (1.0 if busy else 0.5) * 0.75:
            yield at.astimezone(timezone.utc)


episodes = []
for team, (rotation, people, services) in TEAMS.items():
    people = people.split()
    for service, rate in services.items():
        for opened in openings(rate, SEASON.get(team, lambda month: 1.0)):
            everybody = OPERATIONS if rotation == "operations" else DEVELOPERS
            first = on_call(rotation, opened)
            at, steps = opened, []

            def step(kind, person):
                steps.append({"at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "kind": kind, "team": HOME[person], "person": person})

            step("paged", first)
            at += timedelta(minutes=minutes(3))
            step("acknowledged", first)
            knows = first in people if r.random() >= NOISE else r.random() < 0.4
            holder = first
            # Who knows nothing of it restarts something and is lucky, one time in eight.
            if r.random() >= (0.92 if knows else 0.12):
                # They ask around, sometimes the wrong person first.
                wrong = r.random() < 0.15
                for hop in [True, False] if wrong else [False]:
                    at += timedelta(minutes=minutes(30))
                    others = everybody if hop or r.random() < NOISE else people
                    holder = pick([it for it in others if it != holder] or [holder])
                    step("reassigned", holder)
            at += timedelta(minutes=minutes(25 * LONG.get(team, 1.0)))
            step("resolved", holder)
            severity = "critical" if r.random() < 0.2 else "warning"
            episodes.append((opened, service, severity, steps))

episodes.sort(key=lambda it: (it[0], it[1]))
for number, (opened, service, severity, steps) in enumerate(episodes, 1):
    line = {"id": f"INC{number:05}", "opened": opened.strftime("%Y-%m-%dT%H:%M:%SZ"), "tags": {"service": service, "severity": severity}, "steps": steps}
    print(json.dumps(line, separators=(",", ":")))
