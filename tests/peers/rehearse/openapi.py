#!/usr/bin/env python3
"""A rehearsal's answers against PagerDuty's OpenAPI document, when it is at hand.

The document has no licence, so it cannot be shipped: it is looked for at
$DOGWATCH_PAGERDUTY_OPENAPI, else at ../shared/pagerduty/openapi-subset.json beside the repository.
Where it is not, this says so and holds nothing.

What the document has wrong about PagerDuty itself is listed below, by name. That a field may be null
which its schema has not as nullable, such as the `end` of a layer, is no difference.
"""

import json
import os
import sys
from pathlib import Path

import jsonschema

from practice import ROOT, Practice

# The place in an answer, without indices, and why the schema is not held there.
KNOWN = {
    "member.user.type": "a whole user with include[]=users, the schema has a reference",
    "oncall.user.type": "the same",
    "service.integrations.type": "whole integrations with include[]=integrations, the schema has references",
    "user.contact_methods.type": "whole contact methods with include[]=contact_methods, the schema has references",
    "escalation_policy.escalation_rules.escalation_rule_assignment_strategy": "an object works, the schema has a text",
    "log_entry.type": "acknowledge_log_entry in practice, acknowledgement_log_entry in the schema of it",
}


def main():
    dogwatch = sys.argv[1]
    path = Path(os.environ.get("DOGWATCH_PAGERDUTY_OPENAPI") or ROOT.parent / "shared/pagerduty/openapi-subset.json")
    if not path.is_file():
        print(f"rehearsal, OpenAPI: NOT HELD to PagerDuty's document, which is not at {path}")
        return 0
    document = Document(json.loads(path.read_text(encoding="utf-8")))
    with Practice(dogwatch, "2026-01-05T12:00:00Z") as practice:
        Story(practice, document).tell()
    for row in sorted(document.wrong):
        print(row, file=sys.stderr)
    unmet = sorted(set(KNOWN) - document.met)
    print(f"rehearsal, OpenAPI: {document.held} answers of {len(document.operations)} operations, "
          f"{len(document.wrong)} differ; known errors of the document: {', '.join(sorted(document.met))}")
    if unmet:
        print(f"listed as known, and not met: {', '.join(unmet)}", file=sys.stderr)
    return 1 if document.wrong or unmet else 0


class Document:
    def __init__(self, document):
        self.document = document
        self.held, self.operations, self.wrong, self.met = 0, set(), set(), set()

    def check(self, method, template, status, answer):
        operation = self.document["paths"][template][method.lower()]
        self.operations.add((method, template))
        response = operation["responses"].get(str(status))
        if response is None:
            self.wrong.add(f"{method} {template}: {status} is not in the document")
            return
        while "$ref" in response:
            response = at(self.document, response["$ref"])
        content = response.get("content", {}).get("application/json")
        if content is None or answer is None:
            if (content is None) != (answer is None) and status < 400:
                self.wrong.add(f"{method} {template} {status}: a body where there is none, or the other way round")
            self.held += 1
            return
        schema = {**self.document, "$ref": pointer_to(method, template, status, self.document)}
        self.held += 1
        for error in Validator(schema).iter_errors(without_nulls(answer)):
            for leaf in leaves(error):
                place = ".".join(str(it) for it in leaf.absolute_path if not isinstance(it, int))
                known = next((it for it in KNOWN if place.endswith(it.split(".", 1)[1]) and matches(it, place)), None)
                if known:
                    self.met.add(known)
                else:
                    self.wrong.add(f"{method} {template} {status}: {place}: {leaf.message[:160]}")


def matches(known, place):
    """`schedule.x` is met beneath `schedule` and `schedules`; `log_entry.x` beneath `log_entries`."""
    root = known.split(".", 1)[0]
    first = place.split(".", 1)[0]
    plural = root[:-1] + "ies" if root.endswith("y") else root + "s"
    return first in (root, plural)


def leaves(error):
    """The errors that say something: the best branch of a oneOf, not that none fits."""
    if not error.context:
        return [error]
    branches = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    best = min(branches.values(), key=lambda it: sum(len(leaves(inner)) for inner in it))
    return [leaf for inner in best for leaf in leaves(inner)]


def pointer_to(method, template, status, document):
    pointer = f"#/paths/{template.replace('~', '~0').replace('/', '~1')}/{method.lower()}/responses/{status}"
    response = at(document, pointer)
    while "$ref" in response:
        pointer = response["$ref"]
        response = at(document, pointer)
    return pointer + "/content/application~1json/schema"


def at(document, pointer):
    for part in pointer[2:].split("/"):
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


def without_nulls(answer):
    """PagerDuty's documentation: a field that is not required may be null, whatever the schema says."""
    if isinstance(answer, dict):
        return {key: without_nulls(value) for key, value in answer.items() if value is not None}
    if isinstance(answer, list):
        return [without_nulls(it) for it in answer]
    return answer


# Fields may be missing, so that several branches of a oneOf may fit.
Validator = jsonschema.validators.extend(
    jsonschema.Draft4Validator, {"oneOf": jsonschema.Draft4Validator.VALIDATORS["anyOf"]}
)


class Story:
    """Asks for everything that a rehearsal answers."""

    def __init__(self, practice, document):
        self.practice, self.document = practice, document

    def ask(self, method, template, body=None, query="", want=None, **ids):
        target = template
        for name, value in ids.items():
            target = target.replace("{" + name + "}", value)
        status, answer = self.practice.ask(method, target + query, body)
        if status != (want or status) or (want is None and status >= 400):
            sys.exit(f"openapi: {method} {target}{query}: {status} {answer}")
        self.document.check(method, template, status, answer)
        return answer

    def tell(self):
        ask = self.ask
        ask("GET", "/abilities")
        ask("GET", "/abilities/{id}", id="teams")
        ask("GET", "/abilities/{id}", id="nothing", want=402)
        users = ask("GET", "/users", query="?limit=5&include[]=contact_methods&include[]=teams")["users"]
        user, other = users[0]["id"], users[1]["id"]
        ask("GET", "/users")
        ask("GET", "/users/{id}", id=user)
        ask("GET", "/users/{id}", id="NOBODY", want=404)
        ask("GET", "/users/me", want=400)
        made = ask("POST", "/users", {"user": {"type": "user", "name": "New", "email": "new@example.com"}})["user"]
        ask("PUT", "/users/{id}", {"user": {"type": "user", "name": "Newer"}}, id=made["id"])
        ask("GET", "/users/{id}/contact_methods", id=user)
        method = {"type": "phone_contact_method", "label": "Mobile", "address": "5550100", "country_code": 353}
        method = ask("POST", "/users/{id}/contact_methods", {"contact_method": method}, id=user)["contact_method"]
        ask("GET", "/users/{id}/contact_methods/{contact_method_id}", id=user, contact_method_id=method["id"])
        ask("GET", "/users/{id}/notification_rules", id=user)
        ask("DELETE", "/users/{id}", id=made["id"])

        team = ask("POST", "/teams", {"team": {"type": "team", "name": "T"}})["team"]["id"]
        ask("PUT", "/teams/{id}", {"team": {"type": "team", "description": "D"}}, id=team)
        ask("GET", "/teams")
        ask("GET", "/teams/{id}", id=team)
        ask("PUT", "/teams/{id}/users/{user_id}", {"role": "responder"}, id=team, user_id=user)
        ask("GET", "/teams/{id}/members", id=team)
        ask("GET", "/teams/{id}/members", query="?include[]=users", id=team)

        layer = {
            "start": "2026-01-05T12:00:00Z",
            "rotation_virtual_start": "2026-01-05T14:00:00Z",
            "rotation_turn_length_seconds": 604800,
            "users": [{"user": {"id": it, "type": "user_reference"}} for it in (user, other)],
            "restrictions": [{
                "type": "weekly_restriction", "start_day_of_week": 1,
                "start_time_of_day": "09:00:00", "duration_seconds": 3600,
            }],
        }
        schedule = {"type": "schedule", "name": "S", "time_zone": "America/New_York", "schedule_layers": [layer]}
        window = "?since=2026-01-05T00:00:00Z&until=2026-02-05T00:00:00Z"
        ask("POST", "/schedules/preview", {"schedule": schedule}, query=window)
        made = ask("POST", "/schedules", {"schedule": schedule}, query=window)["schedule"]["id"]
        ask("POST", "/schedules", {"schedule": {**schedule, "time_zone": "Nowhere"}}, want=400)
        ask("PUT", "/schedules/{id}", {"schedule": {**schedule, "schedule_layers": [], "teams": [{"id": team}]}}, id=made)
        ask("GET", "/schedules/{id}", id=made)
        ask("GET", "/schedules/{id}", query=window + f"&include_next_oncall_for_user={user}", id=made)
        ask("GET", "/schedules/{id}", id="NOTHING", want=404)
        ask("GET", "/schedules")
        ask("GET", "/schedules", query=window + "&include[]=schedule_layers&include[]=final_schedule")
        ask("GET", "/schedules/{id}/users", query=window, id=made)
        rows = {"overrides": [
            {"start": f"2026-01-0{day}T00:00:00Z", "end": "2026-01-09T00:00:00Z", "user": {"id": other, "type": "user_reference"}}
            for day in (6, 9)
        ]}
        rows = ask("POST", "/schedules/{id}/overrides", rows, id=made)
        ask("GET", "/schedules/{id}/overrides", query=window, id=made)
        ask("DELETE", "/schedules/{id}/overrides/{override_id}", id=made, override_id=rows[0]["override"]["id"])

        v3 = ask("POST", "/v3/schedules", {"schedule": {"name": "V", "time_zone": "America/New_York", "teams": [{"id": team, "type": "team_reference"}]}})["schedule"]["id"]
        ask("POST", "/v3/schedules", {"schedule": {"name": "V"}}, want=400)
        ask("PUT", "/v3/schedules/{id}", {"schedule": {"name": "V", "time_zone": "America/New_York"}}, id=v3)
        ask("GET", "/v3/schedules")
        rotation = ask("POST", "/v3/schedules/{id}/rotations", {}, id=v3)["rotation"]["id"]
        member = {"type": "user_member", "user_id": user}
        event = {
            "name": "Weekly",
            "start_time": {"date_time": "2026-01-05T09:00:00-05:00", "time_zone": "America/New_York"},
            "end_time": {"date_time": "2026-01-12T09:00:00-05:00", "time_zone": "America/New_York"},
            "effective_since": "2026-01-05T12:00:00Z",
            "recurrence": ["RRULE:FREQ=WEEKLY"],
            "assignment_strategy": {
                "type": "rotating_member_assignment_strategy", "shifts_per_member": 1,
                "members": [member, {"type": "empty_member"}],
            },
        }
        of = {"id": v3, "rotation_id": rotation}
        events = "/v3/schedules/{id}/rotations/{rotation_id}/events"
        made_event = ask("POST", events, {"event": event}, **of)["event"]["id"]
        ask("POST", events, {"event": {**event, "effective_since": "2030-01-01T00:00:00Z"}}, want=400, **of)
        ask("GET", events, **of)
        ask("GET", events + "/{event_id}", event_id=made_event, **of)
        ask("PUT", events + "/{event_id}", {"event": {"effective_until": "2026-06-01T00:00:00Z"}}, event_id=made_event, **of)
        ask("GET", "/v3/schedules/{id}/rotations", id=v3)
        ask("GET", "/v3/schedules/{id}/rotations/{rotation_id}", **of)
        shift = {
            "type": "custom_shift", "start_time": "2026-01-13T09:00:00Z", "end_time": "2026-01-13T17:00:00Z",
            "assignments": [{"type": "shift_assignment", "member": member}],
        }
        shifts = "/v3/schedules/{id}/custom_shifts"
        made_shift = ask("POST", shifts, {"custom_shifts": [shift]}, id=v3)["custom_shifts"][0]["id"]
        ask("GET", shifts, query=window, id=v3)
        ask("GET", shifts + "/{custom_shift_id}", id=v3, custom_shift_id=made_shift)
        ask("PUT", shifts + "/{custom_shift_id}", {"custom_shift": {"end_time": "2026-01-13T18:00:00Z"}}, id=v3, custom_shift_id=made_shift)
        override = {
            "type": "override_shift", "rotation_id": rotation,
            "start_time": "2026-01-06T09:00:00Z", "end_time": "2026-01-06T17:00:00Z",
            "overridden_member": member, "overriding_member": {"type": "user_member", "user_id": other},
        }
        overrides = "/v3/schedules/{id}/overrides"
        made_override = ask("POST", overrides, {"overrides": [override]}, id=v3)["overrides"][0]["id"]
        ask("GET", overrides, query=window, id=v3)
        ask("GET", overrides + "/{override_id}", id=v3, override_id=made_override)
        ask("PUT", overrides + "/{override_id}", {"override": {"end_time": "2026-01-06T18:00:00Z"}}, id=v3, override_id=made_override)
        ask("GET", "/v3/schedules/{id}", id=v3)
        ask("GET", "/v3/schedules/{id}", query=window + "&include[]=final_schedule&include[]=users", id=v3)

        rules = [{"escalation_delay_in_minutes": 5, "targets": [
            {"id": made, "type": "schedule_reference"}, {"id": v3, "type": "schedule_v3_reference"},
            {"id": user, "type": "user_reference"},
        ]}]
        policy = {"type": "escalation_policy", "name": "P", "escalation_rules": rules, "teams": [{"id": team, "type": "team_reference"}]}
        policy = ask("POST", "/escalation_policies", {"escalation_policy": policy})["escalation_policy"]["id"]
        ask("PUT", "/escalation_policies/{id}", {"escalation_policy": {"num_loops": 2}}, id=policy)
        ask("GET", "/escalation_policies")
        ask("GET", "/escalation_policies/{id}", id=policy)
        ask("GET", "/escalation_policies/{id}", query="?include[]=escalation_rule_assignment_strategies&include[]=targets", id=policy)
        ask("GET", "/oncalls")
        ask("GET", "/oncalls", query=window + "&include[]=users")
        ask("DELETE", "/schedules/{id}", id=made, want=400)

        service = {"type": "service", "name": "New", "escalation_policy": {"id": policy, "type": "escalation_policy_reference"}}
        service = ask("POST", "/services", {"service": service})["service"]["id"]
        hours = {
            "incident_urgency_rule": {
                "type": "use_support_hours",
                "during_support_hours": {"type": "constant", "urgency": "high"},
                "outside_support_hours": {"type": "constant", "urgency": "low"},
            },
            "support_hours": {
                "type": "fixed_time_per_day", "time_zone": "America/Lima", "days_of_week": [1, 2],
                "start_time": "09:00:00", "end_time": "17:00:00",
            },
            "scheduled_actions": [],
        }
        ask("PUT", "/services/{id}", {"service": hours}, id=service)
        integration = ask("POST", "/services/{id}/integrations", {"integration": {"type": "events_api_v2_inbound_integration", "name": "E"}}, id=service)["integration"]["id"]
        ask("GET", "/services/{id}/integrations/{integration_id}", id=service, integration_id=integration)
        ask("GET", "/services")
        ask("GET", "/services/{id}", query="?include[]=integrations", id=service)

        orchestration = ask("POST", "/event_orchestrations", {"orchestration": {"name": "O", "team": {"id": team}}})["orchestration"]["id"]
        one = {"id": orchestration}
        ask("GET", "/event_orchestrations")
        ask("GET", "/event_orchestrations/{id}", **one)
        ask("PUT", "/event_orchestrations/{id}", {"orchestration": {"description": "D"}}, **one)
        ask("GET", "/event_orchestrations/{id}/integrations", **one)
        made_integration = ask("POST", "/event_orchestrations/{id}/integrations", {"integration": {"label": "L"}}, **one)["integration"]["id"]
        ask("GET", "/event_orchestrations/{id}/integrations/{integration_id}", integration_id=made_integration, **one)
        ask("DELETE", "/event_orchestrations/{id}/integrations/{integration_id}", integration_id=made_integration, **one)
        rule = {"label": "r", "conditions": [{"expression": "now in Mon 09:00:00 to 17:00:00 America/Lima"}], "actions": {"route_to": service}}
        path = {"sets": [{"id": "start", "rules": [rule, {"label": "all", "actions": {"route_to": service}}]}], "catch_all": {"actions": {"route_to": "unrouted"}}}
        ask("PUT", "/event_orchestrations/{id}/router", {"orchestration_path": path}, **one)
        for kind in ("router", "global", "unrouted"):
            ask("GET", "/event_orchestrations/{id}/" + kind, **one)
        for kind in ("global", "unrouted"):
            path = {"sets": [{"id": "start", "rules": []}], "catch_all": {"actions": {}}}
            ask("PUT", "/event_orchestrations/{id}/" + kind, {"orchestration_path": path}, **one)
        ask("DELETE", "/event_orchestrations/{id}", **one)

        entity = {"entity_type": "users", "id": user}
        ask("POST", "/{entity_type}/{id}/change_tags", {"add": [{"type": "tag", "label": "x"}]}, **entity)
        ask("GET", "/{entity_type}/{id}/tags", **entity)
        tag = ask("GET", "/tags")["tags"][0]["id"]
        ask("GET", "/tags/{id}", id=tag)
        ask("GET", "/tags/{id}/{entity_type}", id=tag, entity_type="users")
        ask("DELETE", "/tags/{id}", id=tag)
        ask("DELETE", "/tags/{id}", id=ask("POST", "/tags", {"tag": {"type": "tag", "label": "y"}})["tag"]["id"])

        incident = {"type": "incident", "title": "down", "service": {"id": service, "type": "service_reference"}}
        incident = ask("POST", "/incidents", {"incident": incident})["incident"]["id"]
        ask("GET", "/incidents")
        for status in ("acknowledged", "resolved"):
            ask("PUT", "/incidents/{id}", {"incident": {"type": "incident", "status": status}}, id=incident)
        ask("PUT", "/incidents", {"incidents": [{"id": incident, "type": "incident", "title": "up"}]})
        ask("GET", "/incidents/{id}", id=incident)
        ask("GET", "/incidents/{id}/log_entries", id=incident)
        ask("GET", "/log_entries")
        ask("POST", "/analytics/raw/incidents", {})

        ask("DELETE", "/services/{id}", id=service)
        ask("DELETE", "/teams/{id}/escalation_policies/{escalation_policy_id}", id=team, escalation_policy_id=policy)
        ask("PUT", "/teams/{id}/escalation_policies/{escalation_policy_id}", id=team, escalation_policy_id=policy)
        ask("DELETE", "/escalation_policies/{id}", id=policy)
        ask("DELETE", "/teams/{id}/users/{user_id}", id=team, user_id=user)
        ask("DELETE", overrides + "/{override_id}", id=v3, override_id=made_override)
        ask("DELETE", shifts + "/{custom_shift_id}", id=v3, custom_shift_id=made_shift)
        ask("DELETE", events + "/{event_id}", event_id=made_event, **of)
        ask("DELETE", "/v3/schedules/{id}/rotations/{rotation_id}", **of)
        ask("DELETE", "/v3/schedules/{id}", id=v3)
        ask("DELETE", "/schedules/{id}", id=made)
        ask("DELETE", "/teams/{id}", id=team)


if __name__ == "__main__":
    sys.exit(main())
