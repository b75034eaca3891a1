"""Writes a plausible past of a large company: one row an episode, as many as wanted, and the mapping that reads them.

    python3 benches/peers/episodes.py 10000000 /tmp/past     # /tmp/past/episodes.csv (1.6 GB), /tmp/past/mapping.toml

What is hidden in it: each of 2,000 services has one team of 200 that owns it; a few services have most of the episodes. More
of them open by day than by night, and fewer at weekends. One in six is paged to another team first: half of those to the
team that is this service's usual mistake, the others to anyone. One in thirty is never acknowledged. Who answers is one of
ten people of the owning team. The same number and seed give the same bytes.
"""

import pathlib
import sys

import numpy as np
import polars as pl

SERVICES, TEAMS, A_TEAM = 2_000, 200, 10
FIRST, DAYS = np.datetime64("2023-01-02T00:00:00", "s"), 3 * 364

MAPPING = """\
id           = "id"
opened       = { column = "created_at", format = "%+" }
paged        = { team = "paged_rotation" }
acknowledged = { at = { column = "ack_at", format = "%+" }, person = "responder" }
resolved     = { at = { column = "resolved_at", format = "%+" }, team = "resolver_team", person = "responder" }
tags         = { service = "service" }
"""


def openings(random, count):
    """Seconds since 1970, in order: weeks alike, with the rhythm of working hours."""
    hour = np.arange(168)
    weight = 1.0 + 2.0 * ((hour % 24 >= 8) & (hour % 24 < 19)) * (hour < 120) + 0.5 * (hour < 120)
    hours = random.choice(168, count, p=weight / weight.sum())
    weeks = random.integers(0, DAYS // 7, count)
    return np.sort(FIRST.astype("int64") + weeks * 604_800 + hours * 3_600 + random.integers(0, 3_600, count))


def episodes(count, seed=11):
    random = np.random.default_rng(seed)
    opened = openings(random, count)
    service = np.minimum(random.zipf(1.35, count) - 1, SERVICES - 1)
    owner = random.integers(0, TEAMS, SERVICES)
    usual_mistake = (owner + random.integers(1, TEAMS, SERVICES)) % TEAMS
    team = owner[service]
    fate = random.random(count)
    paged = np.where(fate < 1 / 12, usual_mistake[service], team)
    paged = np.where((fate >= 1 / 12) & (fate < 1 / 6), (team + random.integers(1, TEAMS, count)) % TEAMS, paged)
    acknowledged = 1 + random.gamma(1.3, 200.0, count).astype("int64")
    unseen = random.random(count) < 1 / 30
    lasted = 30 + random.weibull(0.6, count) * 4_000
    lasted = np.where(paged == team, lasted, 1.8 * lasted).astype("int64")
    return pl.DataFrame(
        {
            "id": np.arange(count),
            "opened": opened,
            "service": service,
            "paged": paged,
            "team": team,
            "acknowledged": opened + acknowledged,
            "unseen": unseen,
            "resolved": opened + np.where(unseen, 0, acknowledged) + lasted,
            "responder": team * A_TEAM + random.integers(0, A_TEAM, count),
            "env": random.choice(["prod", "staging", "dev"], count, p=[0.75, 0.15, 0.1]),
            "region": random.choice(["eu-north-1", "us-east-2", "ap-northeast-3", "sa-east-1"], count),
            "severity": random.choice(["critical", "high", "low"], count, p=[0.2, 0.5, 0.3]),
        }
    )


def as_written(table):
    """The columns as an export has them."""
    col, at = pl.col, lambda name: pl.from_epoch(pl.col(name), "s")
    return table.select(
        col("id"),
        created_at=at("opened"),
        service=pl.format("svc-{}", "service"),
        tags=pl.format("env={};region={};severity={};service=svc-{}", "env", "region", "severity", "service"),
        paged_rotation=pl.format("team-{}", "paged"),
        resolver_team=pl.format("team-{}", "team"),
        ack_at=pl.when(~col("unseen")).then(at("acknowledged")),
        resolved_at=at("resolved"),
        responder=pl.format("user-{}", "responder"),
    )


def write(count, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mapping.toml").write_text(MAPPING)
    as_written(episodes(count)).write_csv(folder / "episodes.csv", datetime_format="%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.argv[2])
