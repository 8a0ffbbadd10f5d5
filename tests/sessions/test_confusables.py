"""Nobody comes in under a name that looks like another's, or like nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabpad.errors import BadRequest
from collabpad.protocol.client_events import JoinSession, UpdateSession
from collabpad.protocol.fields import NAME_LENGTH, name
from collabpad.protocol.http_bodies import CreateSession
from collabpad.protocol.parsing import parse
from collabpad.sessions.confusables import skeletons
from collabpad.sessions.roster import Roster
from collabpad.settings import Limits
from collabpad.storage.records import ParticipantRow

LIMITS = Limits()
INVISIBLE = [
    *"\u00ad\u034f\u115f\u1160\u17b4\u180e\u200b\u2060\u2063\u2065\u2800\u3164\ufe01\ufeff",
    *"\uffa0\ufff0\ufff9\U0001bca0\U0001d159\U0001d173\U000e0001\U000e0041\U000e0100",
]


def among(*names: str) -> Roster:
    return Roster(
        ParticipantRow(
            id=str(number),
            resume_hash=str(number),
            name=each,
            color="",
            viewer=False,
            holds_key=False,
            joined_at=0.0,
        )
        for number, each in enumerate(names)
    )


@pytest.mark.parametrize("char", INVISIBLE, ids=lambda char: f"U+{ord(char):04X}")
def test_what_nobody_sees_is_refused(char: str) -> None:
    for text in (f"H{char}", f"{char}H", f"H{char}o", char, f" {char} "):
        with pytest.raises(BadRequest, match=r"invisible|blank|have 1 to"):
            name(text, LIMITS)
    for kind, field in [(UpdateSession, "title"), (CreateSession, "passcode")]:
        with pytest.raises(BadRequest, match="invisible"):
            parse(kind, {"session_id": "s", field: f"H{char}"}, LIMITS)


@pytest.mark.parametrize("text", ["\u200d", "\u200c\u200d", "\u00a0", "\u3000", "\ufe0f"])
def test_a_name_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        name(text, LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        "José",
        "山田　太郎",
        "👩‍💻 Ann",
        "Ann ❤️",
        "1️⃣ Team",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "علی‌رضا",
        "क्‍ष",
        "Ольга",
        "O'Brien-Smith",
    ],
)
def test_names_of_every_script_are_fine(text: str) -> None:
    assert name(text, LIMITS) == unicodedata.normalize("NFC", text)
    assert among("Somebody").available_name(text) == text


@pytest.mark.parametrize(
    ("there", "comes"),
    [
        ("Hans", "Нans"),
        ("Hans", "hans"),
        ("Hans", "Ηans"),
        ("Ann", "A\u200dnn"),
        ("Ann B", "Ann\u00a0B"),
        ("Ann B", "Ann  B"),
        ("Ann", "Ａｎｎ"),
        ("Ann", "𝐀𝐧𝐧"),
        ("paul", "раul"),
        ("PAUL", "раul"),
        ("Ian", "lan"),
        ("Straße", "STRASSE"),
        ("Bob", "B0b"),
        ("José", "Jose\u0301"),
    ],
)
def test_a_name_that_looks_like_anothers_is_numbered(there: str, comes: str) -> None:
    assert among(there).available_name(comes) == f"{comes} 2"
    assert among(comes).available_name(there) == f"{there} 2"
    people = among(there)
    (person,) = people
    assert people.available_name(comes, but=person) == comes  # one's own name is no obstacle


@pytest.mark.parametrize(
    ("there", "comes"), [("Jose", "José"), ("Ann", "Anna"), ("Ann", "An"), ("Ольга", "Olga")]
)
def test_names_that_can_be_told_apart_are_left_alone(there: str, comes: str) -> None:
    assert among(there).available_name(comes) == comes


@given(st.lists(st.text("AnАаⅠIl10O 2\u200d", min_size=1, max_size=NAME_LENGTH), max_size=6))
def test_no_two_in_a_session_look_the_same(wanted: list[str]) -> None:
    taken: list[str] = []
    for each in wanted:
        taken.append(among(*taken).available_name(each))
        assert len(taken[-1]) <= NAME_LENGTH
    seen = [skeletons(each) for each in taken]
    assert all(not one & other for at, one in enumerate(seen) for other in seen[:at])


def test_a_passcode_from_before_opens_what_it_did() -> None:
    tried = {"session_id": "s", "name": "Ann", "passcode": "tu\u00adlip"}
    assert parse(JoinSession, tried, LIMITS).passcode == "tu\u00adlip"
