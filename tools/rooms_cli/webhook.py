"""The webhook of the service, for events as Event Grid delivers them."""

import json
import time
from collections.abc import Mapping

import requests

from rooms_cli.client import ANSWER_SECONDS, CONNECT_SECONDS
from rooms_cli.dead_letters import Event
from rooms_cli.failures import VARIABLE, Denied, Failure, TemporaryFailure, unreachable
from rooms_cli.words import plain

KEY_VARIABLE = "EVENT_GRID_KEY"

_PATH = "/runtime/webhooks/EventGrid?functionName=call_events"

_PAUSES = (1, 2)
"""Seconds before each further attempt."""

_HEADERS = {"aeg-event-type": "Notification", "aeg-subscription-name": "ROOMS-REDRIVE"}


def webhook_key(environment: Mapping[str, str]) -> str:
    """Returns the key of the webhook; empty if there is none, as on a laptop.

    Raises:
        Failure: it cannot be a key.
    """
    key = environment.get(KEY_VARIABLE, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise Failure(f"{KEY_VARIABLE} is not a key. Copy the key alone.")
    return key


class Webhook:
    """Delivers events, one in a request; several threads may use it. The key goes in a header, so
    that no URL has it."""

    def __init__(self, endpoint: str, key: str) -> None:
        self._endpoint = endpoint
        self._session = requests.Session()
        self._session.headers.update(_HEADERS | ({"x-functions-key": key} if key else {}))
        self._session.auth = lambda request: request  # else requests would send one of .netrc

    def deliver(self, event: Event) -> str:
        """Returns why the event was refused; empty if it was accepted.

        Raises:
            Denied: the host does not accept the key.
            Failure: nothing answers, or it is not the webhook.
        """
        for pause in _PAUSES:
            try:
                if not is_temporary(refusal := self._post(event)):
                    return refusal
            except TemporaryFailure:
                pass
            time.sleep(pause)
        return self._post(event)

    def _post(self, event: Event) -> str:
        # The schema decides about type and brackets.
        if "specversion" in event:
            body, media_type = json.dumps(event), "application/cloudevents+json"
        else:
            body, media_type = json.dumps([event]), "application/json"
        try:
            answer = self._session.post(
                f"{self._endpoint}{_PATH}",
                data=body,
                headers={"Content-Type": f"{media_type}; charset=utf-8"},
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        except OSError as problem:  # the exceptions of requests are OSErrors
            raise unreachable(self._endpoint, problem) from problem
        if answer.status_code == 401:
            raise Denied(
                f"The host at {self._endpoint} does not accept the key in {KEY_VARIABLE}. "
                "Set it to the system key eventgrid_extension of the Function App."
            )
        if answer.status_code in (403, 404) or 300 <= answer.status_code < 400:
            raise Failure(
                f"{self._endpoint} answered {answer.status_code} to an event. Check the endpoint "
                f"in {VARIABLE}, that the app is deployed, and that it lets you in."
            )
        if 200 <= answer.status_code < 300:
            return ""
        said = plain(answer.content[:400].decode(errors="replace"))[:200]
        return f"{answer.status_code} {said}".rstrip()


def is_temporary(refusal: str) -> bool:
    """Returns whether another attempt may succeed."""
    return refusal.startswith(("429", "5"))
