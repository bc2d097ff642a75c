"""Requests of all kinds, valid and not, made from the OpenAPI document: the app does what the
document says, and never fails.

Schemathesis makes the requests and checks the answers. It is used through its Python interface, and
not its command line, so that there are about as many requests as were asked for, spread over all
operations, and so that they can name what is there.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from requests import RequestException, Session
from requests.auth import AuthBase
from schemathesis import APIOperation, Case, GenerationMode, Response
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from faults.furnished import Furnished, furnished
from faults.result import Result, Tell, lasted
from faults.signature import HeldLink, OfMediaServer, PlainKey, Signature
from faults.swap import Swap
from faults.unsaid import accepted_though_invalid, has_ignored, refused_though_valid
from testkit.livekit_double import LiveKitDouble
from testkit.running import UNHANDLED, RunningApp, running_app, storage_settings

_HOLDS = (
    "Whatever is sent, the answer is one that the OpenAPI document allows, and no 5xx but the 501 "
    "of what only ACS can do."
)

# Left out: unsupported_method, as the host answers another method with 404, and not with 405;
# positive_data_acceptance, as a document cannot say all that makes a request valid (see unsaid.py).
_CHECKS: list[CheckFunction] = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
_ALL_MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
_COVERAGE_SHARE = 0.3
"""Of the requests, those that are made by going through the schemas, and not at random."""
_UNAUTHENTICATED_SHARE = 0.03
_AUTH_CHECKS = 1
"""Of the successes of each operation, so many are sent again without credentials, and with wrong
ones."""
_NOT_CAUSED = (411, 413, 502, 503)
"""Statuses of bodies in chunks, or too large, and of a storage or an ACS that does not answer as it
must: few requests or none meet them, and other tests do."""
_ENOUGH = 5_000
"""Of so many requests each operation must have a success."""
_TOO_LARGE = 413
"""A refusal that schemathesis does not count as one: of lists of more people than may be invited.
"""
_NOT_HERE = 501
"""What the document declares for what only ACS can do."""
_SHOWN = 300


def fuzz(
    storages: Sequence[str], folder: Path, tell: Tell, requests: int = 10_000, seed: int = 1
) -> Result:
    """Sends about so many requests to an app.

    Args:
        storages: the connection strings of the storage accounts.
        folder: for its log.
    """
    began = time.monotonic()
    table = {**storage_settings(storages), "ROOMS_TABLE": "fuzz"}
    with (
        LiveKitDouble() as server,
        running_app(folder, table | server.settings) as app,
        Session() as session,
    ):
        fuzzer = _Fuzzer(app, server, session, Random(seed), seed)
        fuzzer.run(requests, tell)
        unhandled = UNHANDLED.findall(app.log())
    met = fuzzer.met
    sent = Counter(label for label, _ in met.elements())
    by_class = Counter(
        "501" if status == _NOT_HERE else f"{status // 100}xx" for _, status in met.elements()
    )
    succeeded = {label for label, status in met if status < 300}
    not_met = sorted(f"{label} {status}" for label, status in fuzzer.documented - met.keys())
    fewest = min(sent.items(), key=lambda each: each[1])
    return Result(
        holds=_HOLDS,
        figures={
            "requests": f"{sent.total():,}",
            "operations": (
                f"{len(sent)} of {len(fuzzer.operations)}, {len(succeeded)} with a success"
            ),
            "fewest of one operation": f"{fewest[1]:,} ({fewest[0]})",
            "answers": ", ".join(f"{count:,} {name}" for name, count in sorted(by_class.items())),
            "answers of the document": (
                f"{len(fuzzer.documented):,}, of which were not met: {', '.join(not_met) or 'none'}"
            ),
            "seed": str(seed),
            "time": lasted(time.monotonic() - began),
        },
        problems=[
            *fuzzer.problems.values(),
            *(f"never sent: {label}" for label in fuzzer.operations.keys() - sent.keys()),
            *(
                f"never a success: {label}"
                for label in sent.keys() - succeeded
                if requests >= _ENOUGH and (label, _NOT_HERE) not in met
            ),
            *dict.fromkeys(
                f"unhandled in the app: {trace.splitlines()[-1][:_SHOWN]}" for trace in unhandled
            ),
        ],
    )


@dataclass
class _Fuzzer:
    app: RunningApp
    server: LiveKitDouble
    session: Session
    random: Random
    seed: int
    met: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Answers, by operation and status."""
    problems: dict[tuple[str, str], str] = field(default_factory=dict)
    auth_checked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        document = self.session.get(f"{self.app.http}/openapi.json", timeout=30).json()
        self.schema = schemathesis.openapi.from_dict(
            document, config=SchemathesisConfig(seed=self.seed)
        )
        found = [
            operation.ok()
            for operation in self.schema.get_all_operations()
            if isinstance(operation, Ok)
        ]
        self.operations = {operation.label: operation for operation in found}
        answers = {
            (operation.label, int(status))
            for operation in found
            for status in operation.definition.raw["responses"]
        }
        self.documented = {
            (label, status) for label, status in answers if status not in _NOT_CAUSED
        }
        self.there: Furnished = furnished(self.app, self.server, self.random)
        self.swap = Swap(self.there, self.random)
        key = self.app.manage_key
        self.auths = (Signature(key), PlainKey(key))

    def run(self, requests: int, tell: Tell) -> None:
        """In rounds, as of an operation without parameters there is only one request to make."""
        share = int(requests * _COVERAGE_SHARE / len(self.operations))
        for operation in self.operations.values():
            self._send_all(islice(self._coverage(operation), share))
        tell(f"{self.met.total():,} requests by going through the schemas")
        for turn in range(1_000):
            share = max(1, (requests - self.met.total()) // len(self.operations) // 2)
            for operation in self.operations.values():
                self._generated(operation, GenerationMode.POSITIVE, share, turn)
                if {"parameters", "requestBody"} & operation.definition.raw.keys():
                    self._generated(operation, GenerationMode.NEGATIVE, share, turn)
            tell(f"{self.met.total():,} requests, {len(self.problems)} problems")
            if self.met.total() >= requests:
                return

    def _coverage(self, operation: APIOperation[Any, Any, Any, Any]) -> Iterable[Case[Any]]:
        phases = self.schema.config.phases_for(operation=operation)
        phases.coverage.unexpected_methods = set()
        generation = self.schema.config.generation_for(operation=operation)
        return self.schema.iter_coverage_cases(
            operation, generation_modes=_ALL_MODES, generation_config=generation
        )

    def _send_all(self, cases: Iterable[Case[Any]]) -> None:
        for case in cases:
            self._send(case)

    def _generated(
        self,
        operation: APIOperation[Any, Any, Any, Any],
        mode: GenerationMode,
        count: int,
        turn: int,
    ) -> None:
        @hypothesis.seed(hash((self.seed, turn)))
        @hypothesis.settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(operation.as_strategy(mode))
        def send(case: Case[Any]) -> None:
            self._send(case)

        send()

    def _send(self, case: Case[Any]) -> None:
        self.swap.into(case)
        if "\0" in unquote(case.formatted_path):  # which the host refuses
            return
        label = case.operation.label
        try:
            self._exchange(case, label)
        except RequestException as failure:
            name = type(failure).__name__
            self.problems.setdefault((label, name), f"{label}: no answer: {name}")

    def _exchange(self, case: Case[Any], label: str) -> None:
        schemes = {name for one in case.operation.definition.raw["security"] for name in one}
        auth = self._auth(case, schemes)
        if schemes and self.random.random() < _UNAUTHENTICATED_SHARE:
            self._refused(case, case.call(self.app.http, self.session))
        response = case.call(self.app.http, self.session, auth=auth)
        self._count(label, response)
        chosen = list(_CHECKS)
        if response.status_code != _NOT_HERE:  # which status_code_conformance judges
            chosen.append(not_a_server_error)
        # Wrong credentials that schemathesis made are replaced by good ones.
        is_wrong = case.meta is not None and case.meta.is_negative_at(ParameterLocation.HEADER)
        is_replaced = is_wrong and "joinLink" in schemes
        if response.status_code != _TOO_LARGE and not has_ignored(case) and not is_replaced:
            chosen.append(checks.negative_data_rejection)
        if 200 <= response.status_code < 300:
            self.there.remember(case.formatted_path, response)
            self.auth_checked[label] += 1
            if self.auth_checked[label] <= _AUTH_CHECKS:
                chosen.append(checks.ignored_auth)
        try:
            case.validate_response(response, checks=chosen, transport_kwargs={"auth": auth})
        except FailureGroup as group:
            for failure in group.exceptions:
                self._problem(case, response, failure.title, failure.message)
        is_of_another_room = "joinLink" in schemes and not self.there.is_linked(case)
        if response.status_code == 401 and not is_of_another_room:
            self._problem(case, response, "Refused with good credentials", "")
        if reason := refused_though_valid(case, response):
            self._problem(case, response, "Valid data refused", reason)
        if accepted_though_invalid(case, response):
            self._problem(case, response, "Accepted in another api-version", str(case.body))

    def _auth(self, case: Case[Any], schemes: set[str]) -> AuthBase:
        """Good credentials for an operation that takes any of these."""
        if "joinLink" in schemes:
            return HeldLink(self.there.links[case.method])
        if not schemes:  # of which only the events of the media server are signed
            return OfMediaServer(self.server.key)
        signed, plain = self.auths
        return plain if "key" in schemes and self.random.random() < 0.5 else signed

    def _refused(self, case: Case[Any], response: Response) -> None:
        self._count(case.operation.label, response)
        if response.status_code != 401:
            self._problem(case, response, "Not refused without credentials", "")

    def _count(self, label: str, response: Response) -> None:
        self.met[label, response.status_code] += 1

    def _problem(self, case: Case[Any], response: Response, title: str, message: str) -> None:
        text = " ".join(f"{title}: {message}".split())
        what = (
            f"{case.operation.label}: {response.status_code} to "
            f"{response.request.path_url[:_SHOWN]}: {text[:_SHOWN]}"
        )
        self.problems.setdefault(
            (case.operation.label, f"{title} {response.status_code} {message[:60]}"), what
        )
