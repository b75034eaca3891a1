#!/usr/bin/env python3
"""PagerDuty's own Python client against a rehearsal: it pages, wraps and unwraps, finds, and goes on
when it is throttled."""

import sys

import httpx2
import pagerduty

from practice import Practice


class ToRehearsal(httpx2.HTTPTransport):
    """The client takes no base URL but https; this carries its requests to the rehearsal."""

    def __init__(self, url):
        super().__init__()
        self.to = httpx2.URL(url)

    def handle_request(self, request):
        request.url = request.url.copy_with(scheme="http", host=self.to.host, port=self.to.port)
        return super().handle_request(request)


def client_of(practice, **more):
    return pagerduty.RestApiV2Client("rehearsal", transport=ToRehearsal(practice.url), **more)


def main():
    dogwatch = sys.argv[1]
    with Practice(dogwatch, "2026-01-05T12:00:00Z") as practice:
        client = client_of(practice, default_from="vera@example.com")
        users = client.list_all("users", page_size=7)
        check("users, seven a page", len({it["id"] for it in users}), client.get_total("users"))
        check("a user by email", client.find("users", "ana@example.com", attribute="email")["name"], "Ana Souza")
        check("an ability", client.account_has_ability("teams"), True)
        team = client.persist("teams", "name", {"name": "Search", "type": "team"})
        again = client.persist("teams", "name", {"name": "Search", "type": "team"})
        check("a team persisted twice is one", again["id"], team["id"])
        layer = {
            "start": "2026-01-05T12:00:00Z",
            "rotation_virtual_start": "2026-01-05T14:00:00Z",
            "rotation_turn_length_seconds": 604800,
            "users": [{"user": {"id": it["id"], "type": "user_reference"}} for it in users[:3]],
        }
        body = {"type": "schedule", "name": "S", "time_zone": "America/New_York", "schedule_layers": [layer]}
        schedule = client.rpost("schedules", json=body)
        check("a schedule's layers", len(schedule["schedule_layers"]), 1)
        renamed = client.rput(f"schedules/{schedule['id']}", json={"name": "T"})
        check("a partial update", (renamed["name"], len(renamed["schedule_layers"])), ("T", 1))
        target = {"id": schedule["id"], "type": "schedule_reference"}
        rule = {"escalation_delay_in_minutes": 30, "targets": [target]}
        policy = client.rpost("escalation_policies", json={"name": "P", "escalation_rules": [rule]})
        oncalls = client.list_all("oncalls", params={"escalation_policy_ids[]": [policy["id"]]})
        check("who is on call", [it["user"]["id"] for it in oncalls], [users[2]["id"]])
        check("services", len(client.list_all("services")), 34)
        check("orchestrations", len(client.list_all("event_orchestrations")), 1)
        v3 = client.jpost("v3/schedules", json={"schedule": {"name": "V", "time_zone": "Etc/UTC"}})
        listed = client.jget("v3/schedules")["schedules"]
        check("schedules of shifts", [it["id"] for it in listed], [v3["schedule"]["id"]])
        service = client.find("services", "Search API")
        incident = client.rpost("incidents", json={
            "type": "incident", "title": "down", "service": {"id": service["id"], "type": "service_reference"},
        })
        log = client.list_all(f"incidents/{incident['id']}/log_entries")
        check("a log", [it["type"] for it in log][-1], "trigger_log_entry")
        rows = list(client.iter_analytics_raw_incidents({}))
        check("analytics", [it["id"] for it in rows], [incident["id"]])
        try:
            client.rdelete(f"schedules/{schedule['id']}")
            check("a schedule in use stays", "deleted", "refused")
        except pagerduty.HttpError as error:
            texts = error.response.json()["error"]["errors"]
            check("a schedule in use stays", texts, ["Schedule can't be deleted if it's being used by escalation policies"])

    # A third of the requests is throttled, with headers and a second to wait.
    options = ["--faults", "3", "--rate", "throttled=33"]
    others = ["throttled-bare", "error", "gateway", "lock", "conflict", "cut-before", "cut-after"]
    for kind in others:
        options += ["--rate", f"{kind}=0"]
    with Practice(dogwatch, "2026-01-05T12:00:00Z", *options) as practice:
        client = client_of(practice)
        users = client.list_all("users", page_size=25)
        check("all users though throttled", len({it["id"] for it in users}), 73)
        counts = practice.must("GET", "/_rehearsal/requests")["faults"]
        check("it was throttled", counts.get("throttled", 0) > 0, True)
    print(f"rehearsal, pagerduty {version()}: {CHECKED} checks hold")
    return 0


CHECKED = 0


def check(name, got, want):
    global CHECKED
    CHECKED += 1
    if got != want:
        sys.exit(f"client: {name}\n  want {want}\n  got  {got}")


def version():
    from importlib.metadata import version as of
    return of("pagerduty")


if __name__ == "__main__":
    sys.exit(main())
