"""Whether `dogwatch split` finds the teams that examples/the-2017-split/generate.py hides: recover.py DOGWATCH

For each noise and seed: how many rotations are recommended, and how far their people and services agree with the hidden teams, by the
adjusted Rand index, computed here. Fails if that is below 0.9 at the lowest noise, or if anything is split where nothing is hidden.
"""

import ast
import json
import os
import re
import subprocess
import sys
from math import comb

dogwatch = sys.argv[1]
root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
example = os.path.join(root, "examples", "the-2017-split")
generator = os.path.join(example, "generate.py")
source = open(generator, encoding="utf-8").read()
teams = ast.literal_eval(re.search(r"^TEAMS = (\{.*?^\})", source, re.S | re.M).group(1))
team_of_person = {person: team for team, (_, people, _) in teams.items() for person in people.split()}
team_of_service = {service: team for team, (_, _, services) in teams.items() for service in services}


def rand_index(one, other):
    keys = sorted(set(one) & set(other))
    table = {}
    for key in keys:
        table[one[key], other[key]] = table.get((one[key], other[key]), 0) + 1
    rows, columns = {}, {}
    for (a, b), count in table.items():
        rows[a] = rows.get(a, 0) + count
        columns[b] = columns.get(b, 0) + count
    pairs = lambda counts: sum(comb(count, 2) for count in counts)
    expected = pairs(rows.values()) * pairs(columns.values()) / comb(len(keys), 2)
    most = (pairs(rows.values()) + pairs(columns.values())) / 2
    return 1.0 if most == expected else (pairs(table.values()) - expected) / (most - expected)


failed = False
print("noise  seed  recommended    people  services  as good by chance")
for noise in [0.05, 0.35, 0.65, 1.0]:
    for seed in [1, 2, 3]:
        episodes = subprocess.run([sys.executable, generator, str(seed), str(noise)], capture_output=True, check=True)
        command = [dogwatch, "-C", example, "--format", "json", "split", "-", "--effort", os.environ.get("EFFORT", "30000")]
        answer = json.loads(subprocess.run(command, input=episodes.stdout, capture_output=True, check=True).stdout)
        chosen = answer["divisions"][answer["recommended"]]
        people = {it: row["name"] for row in chosen["rotations"] for it in row["people"]}
        services = {it: row["name"] for row in chosen["rotations"] for it in row["values"]}
        found = rand_index(people, team_of_person), rand_index(services, team_of_service)
        name = "do not split" if chosen["origin"] == "today" else f"split into {len(chosen['rotations'])}"
        print(f"{noise:5}  {seed:4}  {name:13}  {found[0]:6.2f}  {found[1]:8.2f}  {chosen['by_chance'] if chosen['by_chance'] is not None else ''}", flush=True)
        if noise == 0.05:
            failed |= min(found) < 0.9
        if noise == 1.0:
            failed |= chosen["origin"] != "today"
sys.exit(failed)
