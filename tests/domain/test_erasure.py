"""What becomes of ids and names when a person is erased."""

import uuid
from collections.abc import Mapping
from typing import Any, NotRequired, get_args, get_origin, get_type_hints

import pytest

from rooms.domain.erasure import Person, erased_detail, erased_event
from rooms.domain.log_kinds import LOG_KINDS, LogKind

PSEUDONYM = "8:erased:00"
WHO = "8:acs:A_b"
PERSON = Person(PSEUDONYM, "secret", frozenset({WHO}), frozenset({"E-1"}), "E-1")


def filled(shape: Any, path: str = "") -> Any:
    """A value of that shape, in which each text is the person's where it can be."""
    origin, arguments = get_origin(shape), get_args(shape)
    if origin is NotRequired:
        return filled(arguments[0], path)
    if hasattr(shape, "__value__"):
        return filled(shape.__value__, path)
    if origin is dict:
        return {WHO: filled(arguments[1], f"{path}.*")}
    if origin is list:
        return [filled(arguments[0], path)]
    if arguments:
        return filled(arguments[0], path)
    if isinstance(shape, type) and issubclass(shape, str):
        name = path.rpartition(".")[2]
        return {"name": "Alice", "displayName": "Alice", "externalId": "E-1"}.get(name, WHO)
    if isinstance(shape, type) and hasattr(shape, "__annotations__"):
        hints = get_type_hints(shape, include_extras=True)
        return {name: filled(each, f"{path}.{name}") for name, each in hints.items()}
    return 1


def at(value: Any, path: str) -> list[Any]:
    """The texts of a path, as LogKind has it."""
    step, _, rest = path.partition(".")
    if step == "keys":
        return list(value)
    if step == "*":
        inner = value.values() if isinstance(value, Mapping) else value
    else:
        inner = [value[step]] if step in value else []
    return [text for each in inner for text in (at(each, rest) if rest else [each])]


@pytest.mark.parametrize("kind", LOG_KINDS.values(), ids=LOG_KINDS)
def test_all_that_is_personal_in_a_log_record_is_erased(kind: LogKind) -> None:
    detail = filled(kind.detail)
    if kind.name == "DetailsUpdated":
        detail["before"]["participants"] = {"8:other": {"name": "Bob"}}
    before = [text for path in kind.personal for text in at(detail, path)]
    after = erased_detail(PERSON, kind.name, detail)
    left = [text for path in kind.personal for text in at(after, path)]
    assert bool(before) == bool(kind.personal)
    assert {text for text in left if text in (WHO, "Alice", "E-1")} == set()


@pytest.mark.parametrize("kind", ["MutedInCall", "RemovedFromCall"])
def test_who_did_something_to_somebody_else_is_erased_alone(kind: str) -> None:
    detail = {"rawId": "8:other", "participantId": "PA_other", "by": WHO}
    assert erased_detail(PERSON, kind, detail) == {**detail, "by": PSEUDONYM}


def test_ids_that_differ_become_ids_that_differ_and_the_same_each_time() -> None:
    person = Person(PSEUDONYM, "secret", frozenset({"8:a", "8:b", "8:c"}), frozenset())
    roster = {"8:b": "Attendee", "8:x": "Presenter", "8:a": "Attendee", "8:B": "Consumer"}
    erased = person.erased(roster)
    assert len(erased) == 4
    assert list(erased.values()) == list(roster.values())
    assert [name for name in erased if not name.startswith(PSEUDONYM)] == ["8:x"]
    assert person.erased(roster) == erased
    assert Person(PSEUDONYM, "other", person.raw_ids, frozenset()).erased(roster) != erased


def test_names_and_external_ids_of_others_stay() -> None:
    details = {
        "title": "Alice",
        "externalId": "E-1",
        "participants": {
            WHO: {"name": "Alice", "externalId": "E-2"},
            "8:other": {"name": "Alice", "externalId": "E-2"},
        },
    }
    erased = PERSON.erased(details)
    assert erased["title"] == "Alice"
    assert erased["externalId"] == PSEUDONYM
    assert erased["participants"]["8:other"] == {"name": "Alice", "externalId": "E-2"}
    mine = erased["participants"][PSEUDONYM]
    assert mine["name"] == "erased"
    assert mine["externalId"].startswith(f"{PSEUDONYM}_")


def test_a_name_that_became_another_one_is_no_change_any_more() -> None:
    detail = {
        "before": {"title": "A", "participants": {WHO: {"name": "Alice"}}},
        "after": {"title": "B", "participants": {WHO: {"name": "Alicia"}}},
    }
    assert erased_detail(PERSON, "DetailsUpdated", detail) == {
        "before": {"title": "A"},
        "after": {"title": "B"},
    }


@pytest.mark.parametrize(
    "text",
    [
        f'{{"user":{{"rawId":"{WHO}"}}}}',
        f'{{"user":{{"rawId":"{WHO.upper()}"}}}}',
        '{"phone":{"value":"+49123456"}}',
        '{"phone":{"value":"\\u002b49123456"}}',
        '{"short":"8:a"}',
        "no JSON of +49123456",
    ],
)
def test_a_text_of_an_event_names_the_person_by_an_id_or_what_it_is_made_of(text: str) -> None:
    raw_ids = frozenset({"8:acs:guid_guid-of-alice", "8:acs:A_b", "4:+49123456", "8:a"})
    assert Person(PSEUDONYM, "secret", raw_ids, frozenset()).is_in(text)


@pytest.mark.parametrize("text", ['{"id":"8:abc"}', '{"id":"b"}', "", "{}", "\\"])
def test_other_texts_do_not(text: str) -> None:
    raw_ids = frozenset({"8:a", "4:+49123456"})
    assert not Person(PSEUDONYM, "secret", raw_ids, frozenset()).is_in(text)


def test_an_id_without_a_colon_changes_no_actor_and_no_request_id() -> None:
    person = Person(PSEUDONYM, "secret", frozenset({"event-grid"}), frozenset())
    assert person.in_id("event-grid") == "event-grid"
    assert PERSON.in_id(f"request of {WHO}") == f"request of {PSEUDONYM}"


def test_the_id_of_an_event_loses_ids_of_the_person() -> None:
    event = {"id": f"added-{WHO}-participant-7", "raw_id": WHO, "participant_id": "participant-7"}
    erased = erased_event(PERSON, event)
    assert WHO not in erased["id"]
    assert "participant-7" not in erased["id"]
    assert erased["participant_id"] == PERSON.participant_alias("participant-7")


@pytest.mark.parametrize(
    "cut",
    ["8:acs:", f"8:acs:{uuid.UUID(int=1)}", f"8:acs:{uuid.UUID(int=1)}_00000000", "4:+49301234"],
)
def test_an_id_that_only_begins_those_of_others_is_not_found_in_them(cut: str) -> None:
    other = "4:+4930123456" if cut.startswith("4:") else f"8:acs:{uuid.UUID(int=1)}_000000000"
    person = Person(PSEUDONYM, "secret", frozenset({cut}), frozenset())
    assert person.in_id(f"request of {other}") == f"request of {other}"
    assert not person.is_in(f'{{"rawId": "{other}"}}')


def test_a_whole_id_is_found_whatever_follows_it() -> None:
    whole = f"8:acs:{uuid.UUID(int=1)}_{uuid.UUID(int=2)}"
    person = Person(PSEUDONYM, "secret", frozenset({whole}), frozenset())
    assert person.in_id(f"{whole}_7") == f"{PSEUDONYM}_7"
    assert person.is_in(f"{whole}left")
