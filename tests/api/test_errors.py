"""That every error has an answer, and that no answer tells too much."""

import inspect
from collections.abc import Iterator
from types import ModuleType

import pytest
from azure.functions import HttpRequest

from rooms.acs import errors as acs
from rooms.api import errors as api
from rooms.api.errors import ANSWERS
from rooms.api.faults import FAULTS
from rooms.api.request import Kind
from rooms.api.routing import refused
from rooms.auth import errors as auth
from rooms.auth.errors import Denied
from rooms.domain import errors as domain
from rooms.media import errors as media
from rooms.storage import errors as storage


def errors_of(module: ModuleType) -> Iterator[type[Exception]]:
    """The errors that the module raises: those that have no narrower ones."""
    for _, each in inspect.getmembers(module, inspect.isclass):
        if issubclass(each, Exception) and not each.__subclasses__():
            yield each


@pytest.mark.parametrize(
    "module", [acs, api, auth, domain, media, storage], ids=lambda module: module.__name__
)
def test_every_error_has_one_answer(module: ModuleType) -> None:
    errors = [each for each in errors_of(module) if each is not acs.Refused]  # has ACS's answer
    assert errors
    for error in errors:
        assert (error in ANSWERS) != (error in FAULTS), error


def test_an_answer_has_a_text() -> None:
    for error, answer in ANSWERS.items():
        assert answer.message != ""
        assert 400 <= answer.status < 600, error


def test_a_refused_caller_does_not_learn_why() -> None:
    assert "clock" not in ANSWERS[Denied].text(Denied("clock off by 400 s"))


@pytest.mark.parametrize("kind", ["acs", "identity", "extension"])
def test_an_unavailable_storage_says_when_to_try_again(kind: Kind) -> None:
    http = HttpRequest("GET", "http://localhost/rooms", body=b"")
    answer = refused(http, storage.StorageUnavailable(30), kind)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert refused(http, storage.StorageUnavailable(), kind).headers["Retry-After"] == "1"
