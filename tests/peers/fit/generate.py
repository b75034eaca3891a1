"""Episodes as JSON lines to stdout, and an organisation into a folder: generate.py SEED FOLDER"""

import json
import os
import random
import sys
from datetime import datetime, timedelta, timezone

seed, folder = int(sys.argv[1]), sys.argv[2]
r = random.Random(seed)

ZONES = ["America/New_York", "Europe/Dublin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago"]
TEAMS = ["search", "Calls", "storage-ops", "Web Platform", "visibility", "desk"]
PEOPLE = [f"p{n}" for n in range(24)]
SERVICES = ["search-api", "search-ui", "calls-media", "mysql-main", "web-edge", "web-batch", "metrics", "mail"]

rotations = os.path.join(folder, "rotations")
os.makedirs(rotations, exist_ok=True)


def write(name, text):
    with open(os.path.join(rotations, name), "w", encoding="utf-8") as file:
        file.write(text)


write("org.toml", 'zone = "America/New_York"\nworking-hours = "Mon-Fri 09:05-17:50"\nsleep = "Mon-Sun 22:00-06:50"\n')
people = ""
for n, key in enumerate(PEOPLE[:18]):
    people += f'[{key}]\nname = "Person {n}"\nemail = "{key}@example.com"\nzone = "{ZONES[n % 5]}"\n'
write("people.toml", people)
write("services.toml", '[web-batch]\ntags = { tier = "batch" }\n[web-edge]\n')
for n, (key, name) in enumerate([("search", "Search"), ("calls", "Calls"), ("storage-ops", "Storage"), ("web", "Web Platform")]):
    members = ", ".join(f'"{it}"' for it in PEOPLE[n * 4 : n * 4 + 4])
    write(f"{key}.toml", f'name = "{name}"\n[[layers]]\npeople = [{members}]\nfrom = 2024-01-01\nhandoff = {{ every = "week", on = "Mon", at = "10:00" }}\n')
write(
    "escalation.toml",
    """routes = [
  { when = { service = ["search-*"] }, page = "search" },
  { when = { service = ["calls-*"] }, hours = ["Mon-Fri 09:00-17:00"], page = "calls" },
  { when = { service = ["calls-*"] }, page = "@p5" },
  { when = { tier = ["batch"] }, notify = "#batch" },
  { when = { service = ["web-*", "mysql-*"], severity = ["critical"] }, page = "web" },
  { when = { service = ["mainframe-*"] }, page = "web" },
  { page = "storage-ops" },
]
""",
)

start = datetime(2024, 1, 15, tzinfo=timezone.utc)


def stamp(at):
    if r.random() < 0.3:
        return at.astimezone(timezone(timedelta(hours=r.randrange(-9, 10), minutes=30))).isoformat()
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


for number in range(9_000):
    opened = start + timedelta(seconds=r.randrange(500 * 24 * 3600))
    tags = {}
    if r.random() < 0.95:
        tags["service"] = r.choices(SERVICES, weights=[9, 7, 6, 5, 4, 3, 2, 1])[0]
    if r.random() < 0.8:
        tags["severity"] = r.choice(["critical", "high", "low"])
    at = opened
    steps = []
    team = r.choice(TEAMS)
    for _ in range(r.choices(range(8), weights=[1, 6, 6, 6, 4, 2, 1, 1])[0]):
        step = {"at": None, "kind": r.choice(["paged", "acknowledged", "reassigned", "added", "escalated", "resolved"])}
        if r.random() < 0.75:
            if r.random() < 0.5:
                team = r.choice(TEAMS)
            step["team"] = team
        if r.random() < 0.7:
            person = r.choices(PEOPLE, weights=range(len(PEOPLE), 0, -1))[0]
            step["person"] = person if r.random() < 0.6 else f"{person}@example.com" if r.random() < 0.5 else f"Person {person[1:]}"
        if r.random() < 0.8:
            at += timedelta(seconds=int(r.expovariate(1 / 3000)))
        if r.random() < 0.005:
            at = opened - timedelta(seconds=r.randrange(1, 5000))
        step["at"] = stamp(at)
        steps.append(step)
    print(json.dumps({"id": f"E{number}", "opened": stamp(opened), "tags": tags, "steps": steps}))
