"""Puts what is there into generated requests, which by chance alone would hardly ever name it."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from random import Random
from typing import Any

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation

from faults.furnished import Furnished
from rooms.domain.time import DAY, HOUR, SECOND, format_time, now

BROWSER = "b" * 32
"""The secret of a browser that joins with a link again and again."""

SHARE = 0.7
"""Of the values that could be replaced, so many are."""


@dataclass(frozen=True, slots=True)
class Swap:
    """Changes requests, at random. Only parts that are valid are changed."""

    there: Furnished
    random: Random

    def into(self, case: Case[Any]) -> None:
        """Changes one request."""
        if self._valid(case, ParameterLocation.PATH):
            self._path(case)
        if self._valid(case, ParameterLocation.QUERY) and isinstance(case.query, MutableMapping):
            for name in list(case.query):
                if self._chosen() and (value := self._parameter(case, name)) is not None:
                    case.query[name] = value
        if self._valid(case, ParameterLocation.BODY) and isinstance(case.body, MutableMapping):
            self._body(case.body)
            self._version(case, case.body)

    def _valid(self, case: Case[Any], location: ParameterLocation) -> bool:
        return case.meta is None or not case.meta.is_negative_at(location)

    def _chosen(self) -> bool:
        return self.random.random() < SHARE

    def _path(self, case: Case[Any]) -> None:
        path = case.path_parameters
        if not path or not self._chosen():
            return
        if f"{case.operation.path}/".startswith("/rooms/{roomId}/call/"):
            self._in_call(path)
        elif case.operation.path.endswith("/join"):
            path["roomId"] = self.there.lasting
        elif case.method == "DELETE":  # the others must stay
            (name,) = path
            spare = {
                "roomId": self.there.spare,
                "eventId": self.there.droppable,
                "id": self.there.spare_users,
            }
            if spare[name]:
                path[name] = spare[name].pop()
        elif "id" in path:
            path["id"] = self.there.user(self.random)
        elif "eventId" in path:
            path["eventId"] = self.random.choice(self.there.quarantined)
        elif "callId" in path:
            path["roomId"], path["callId"] = self.random.choice(self.there.calls)
        elif "roomId" in path:
            change = case.method != "GET" and not case.operation.path.endswith("/admission")
            path["roomId"] = self.there.room(self.random, change)

    def _in_call(self, path: dict[str, Any]) -> None:
        path["roomId"] = self.there.lasting
        raw_id = self.there.enter()
        if "participantId" in path:
            path["participantId"] = raw_id

    def _parameter(self, case: Case[Any], name: str) -> str | None:
        match name:
            case "participant" | "rawId":
                return self.random.choice(self.there.people)
            case "call":
                return self.random.choice([call for _, call in self.there.calls])
            case "title":
                return self.random.choice(["lesson", "1", "LESSON 0"])
            case "actor":
                return self.random.choice(["test", "event-grid"])
            case "api-version":
                return self.random.choice(_versions(case))
            case "nextLink":
                tokens = self.there.tokens[case.formatted_path]
                return self.random.choice(tokens) if tokens else None
            case "since":
                return self.random.choice(["beginning", "now", format_time(now() - HOUR)])
            case "at" | "from":
                return format_time(now() - self.random.randrange(3 * HOUR))
            case "until":
                return format_time(now() + self.random.randrange(-HOUR, HOUR))
        return None

    def _version(self, case: Case[Any], body: Mapping[str, Any]) -> None:
        """Names the api-version that has such participants."""
        if isinstance(case.query, MutableMapping) and "api-version" in case.query:
            if not self._valid(case, ParameterLocation.QUERY) or not self._chosen():
                return
            people = body.get("participants")
            if isinstance(people, list):
                case.query["api-version"] = "2022-02-01"
            elif isinstance(people, Mapping) and case.operation.label == "PATCH /rooms/{roomId}":
                case.query["api-version"] = "2021-04-07"

    def _body(self, body: MutableMapping[str, Any]) -> None:
        if isinstance(people := body.get("participants"), MutableMapping):
            for raw_id in list(people):
                if self._chosen():
                    people[self.random.choice(self.there.people)] = people.pop(raw_id)
        if isinstance(people, list) and self._chosen():
            for participant in people:
                participant["communicationIdentifier"] = self._identifier()
        if "browser" in body and self._chosen():
            body["browser"] = BROWSER
        if "token" in body and self._chosen():
            body["token"] = self.random.choice(self.there.access_tokens)
        if "rawId" in body and self._chosen():
            body["rawId"] = self.random.choice(self.there.people)
        for start, end in (("validFrom", "validUntil"), ("scheduledStart", "scheduledEnd")):
            if (start in body or end in body) and self._chosen():
                begin = now() + self.random.randrange(SECOND, 80 * DAY)
                body[start], body[end] = (
                    format_time(begin),
                    format_time(begin + self.random.randrange(SECOND, 80 * DAY)),
                )

    def _identifier(self) -> dict[str, Any]:
        """Somebody, as SDKs of api-version 2022-02-01 send them."""
        raw_id = self.random.choice(self.there.people)
        user = {"communicationUser": {"id": raw_id}}
        return self.random.choice([user, {"rawId": raw_id}, {"rawId": raw_id, **user}])


def _versions(case: Case[Any]) -> list[str]:
    """The api-versions that have the operation: schemathesis by itself prefers the first."""
    schemas = {each.name: each.optimized_schema for each in case.operation.query}
    versions: list[str] = schemas["api-version"]["enum"]
    return versions
