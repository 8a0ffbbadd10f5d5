"""Writing: CRDT and plain clients side by side, sequence numbers, carets."""

from __future__ import annotations

import base64
import zlib

import pycrdt
import pytest

from tests.harness import Person, Server

Session = dict[str, str]


@pytest.mark.parametrize("polling", [False, True])
def test_what_one_writes_the_others_see(server: Server, session: Session, polling: bool) -> None:
    ann = server.person("Ann", crdt=True, polling=polling).join(session)
    bob = server.person("Bob", crdt=True, polling=polling).join(session)
    plain = server.person("Cleo", polling=polling).join(session)
    ann.types("print('héllo 😀')\n")
    bob.sees(text="print('héllo 😀')\n")
    plain.sees(text="print('héllo 😀')\n")


def test_updates_are_counted_from_one_without_a_gap(ann: Person) -> None:
    assert [ann.types("x")["seq"] for _ in range(3)] == [1, 2, 3]


def test_an_update_that_changes_nothing_is_acknowledged_and_told_nobody(
    server: Server, session: Session, ann: Person
) -> None:
    watcher = server.person("Cleo", crdt=True).join(session)
    update = ann.edit("x")
    assert ann.does("doc_update", update=update)["seq"] == 1
    assert ann.does("doc_update", update=update)["seq"] == 1
    watcher.sees(text="x").settles()
    assert [each["seq"] for each in watcher.all_heard("doc_update")] == [1]


def test_an_update_that_comes_early_is_kept(server: Server, session: Session, ann: Person) -> None:
    watcher = server.person("Cleo", crdt=True).join(session)
    first, second = ann.edit("one "), ann.edit("two")
    assert ann.does("doc_update", update=second)["seq"] == 1
    assert ann.does("doc_update", update=first)["seq"] == 2
    watcher.sees(text="one two")
    late = server.person("Dora", crdt=True).join(session)
    assert late.text == "one two"


def test_a_plain_client_writes_by_whole_texts(ann: Person, bob: Person) -> None:
    ann.types("one\ntwo\n")
    bob.sees(text="one\ntwo\n")
    ann.does("grant_write", participant_id=bob.id)
    bob.forgets()
    bob.writes("one\r\nand a half\r\ntwo\r\n")
    ann.sees(text="one\nand a half\ntwo\n")
    bob.settles()
    assert not bob.all_heard("code_update"), "one's own text does not come back"


def test_a_plain_writers_edit_leaves_the_rest_alone(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    """Only what changed travels, so that carets of others stay where they are."""
    ann.types("a" * 1000 + "\n")
    bob.sees(text="a" * 1000 + "\n")
    ann.does("grant_write", participant_id=bob.id)
    ann.forgets()
    bob.writes("a" * 1000 + "b\n")
    update = ann.hears("doc_update")["update"]
    assert len(base64.b64decode(update)) < 60


def test_carriage_returns_never_stay(server: Server, session: Session, ann: Person) -> None:
    ann.types("a\r\nb")
    ann.sees(text="a\nb")
    server.person("Bob").join(session).sees(text="a\nb")


def test_refused_updates_reach_nobody(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    eve = server.person("Eve", crdt=True).join(session)
    assert eve.refused("doc_update", update=eve.edit("evil")) == "not_writer"
    ann.types("good")
    bob.sees(text="good")


@pytest.mark.parametrize("update", ["", "not base64!", "AAA", 7, None, {"a": 1}, "/////w=="])
def test_what_is_no_update_is_refused(ann: Person, update: object) -> None:
    assert ann.refused("doc_update", update=update) == "bad_request"
    ann.types("fine")


def test_nothing_is_hidden_beside_the_text(ann: Person) -> None:
    doc: pycrdt.Doc[pycrdt.Map[str]] = pycrdt.Doc()
    doc.get("secret", type=pycrdt.Map)["key"] = "value"
    update = base64.b64encode(doc.get_update()).decode()
    assert ann.refused("doc_update", update=update) == "bad_request"


def test_a_document_has_a_limit(ann: Person, bob: Person) -> None:
    megabyte = "x" * 1024 * 1024
    ann.writes(megabyte)
    bob.sees(text=megabyte)
    assert ann.refused("doc_update", update=ann.edit("y")) == "too_large"
    assert ann.refused("code_change", content=megabyte + "y") == "too_large"
    bob.settles()
    assert bob.text == megabyte


def test_a_caret_is_seen_by_the_others_and_goes_with_its_owner(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    cursor = {
        "anchor": {"type": None, "tname": "content", "item": None, "assoc": 0},
        "head": {"item": {"client": 1, "clock": 2}, "assoc": -1},
    }
    ann.does("presence", cursor=cursor, participant_id=bob.id)
    seen = bob.hears("presence")
    assert seen["participant_id"] == ann.id
    assert seen["cursor"]["head"]["item"] == {"client": 1, "clock": 2}
    cleo = server.person("Cleo").join(session)
    cleo.hears("presence", participant_id=ann.id)
    ann_id = ann.id
    ann.goes()
    bob.hears("presence", participant_id=ann_id, cursor=None)


@pytest.mark.parametrize(
    "cursor",
    [
        7,
        "x",
        [],
        {},
        {"anchor": None, "head": None},
        {"anchor": {}, "head": {}},
        {"anchor": {"tname": "other"}, "head": {"tname": "content"}},
        {"anchor": {"item": {"client": -1, "clock": 0}}, "head": {"tname": "content"}},
        {"anchor": {"tname": "content", "assoc": "x"}, "head": {"tname": "content"}},
        {"anchor": {"tname": "content", "extra": 1}, "head": {"tname": "content"}},
    ],
)
def test_what_is_no_caret_is_refused(ann: Person, cursor: object) -> None:
    assert ann.refused("presence", cursor=cursor) == "bad_request"


HALF_AN_EMOJI_DELETED = "AAEHAQIB"  # of client 7, the second half of a pair


def update_of(text: str) -> str:
    body = b"\x01\x01\x07\0\x04\x01\x07content" + bytes([len(text.encode())]) + text.encode()
    return base64.b64encode(body + b"\0").decode()


def test_half_a_character_is_refused_and_nobody_hears_of_it(
    server: Server, session: Session, ann: Person
) -> None:
    watcher = server.person("Cleo", crdt=True).join(session)
    ann.does("doc_update", update=update_of("a😀b"))
    answer = ann.call("doc_update", update=HALF_AN_EMOJI_DELETED)
    assert answer["error"]["code"] == "bad_request"
    assert "in half" in answer["error"]["message"]
    watcher.sees(text="a😀b").settles()
    assert [each["seq"] for each in watcher.all_heard("doc_update")] == [1]
    plain = server.person("Dora").join(session)
    plain.sees(text="a😀b")
    assert ann.does("code_change", content="a😃b")["seq"] == 2
    watcher.sees(text="a😃b")


def test_what_came_early_is_seen_as_soon_as_it_can_be(
    server: Server, session: Session, ann: Person
) -> None:
    """The first, third and fourth letter in one update, then the second, then one more."""
    watcher = server.person("Cleo", crdt=True).join(session)
    letters = [ann.edit(letter) for letter in "12345"]
    typed = [base64.b64decode(each) for each in letters]
    some = base64.b64encode(pycrdt.merge_updates(typed[0], typed[2], typed[3])).decode()
    assert ann.does("doc_update", update=some)["seq"] == 1
    watcher.sees(text="1")
    assert ann.does("doc_update", update=letters[1])["seq"] == 2
    watcher.sees(text="1234")
    assert ann.does("doc_update", update=letters[4])["seq"] == 3
    watcher.sees(text="12345")
    server.person("Dora").join(session).sees(text="12345")


def test_every_caret_of_a_multiple_selection_is_told(ann: Person, bob: Person) -> None:
    place = {"tname": "content", "assoc": 0}
    caret = {"anchor": place, "head": place}
    cursor = {**caret, "others": [caret] * 50}
    ann.does("presence", cursor=cursor)
    bob.hears("presence", participant_id=ann.id, cursor=cursor)
    for others in ([caret] * 51, "x", [7], [{"anchor": place}], [cursor]):
        assert ann.refused("presence", cursor={**caret, "others": others}) == "bad_request"


def test_two_writers_at_once_agree(server: Server, session: Session, ann: Person) -> None:
    ann.does("update_session", write_mode="open")
    bob = server.person("Bob", crdt=True).join(session)
    plain = server.person("Cleo").join(session)
    for turn in range(20):
        ann.types(f"a{turn} ")
        bob.types(f"b{turn} ")
    ann.settles(), bob.settles()
    assert len(ann.text.split()) == 40
    bob.sees(text=ann.text)
    plain.sees(text=ann.text)


def check_of(person: Person, text: str | None = None) -> dict[str, object]:
    assert person.document is not None
    return {
        "state_vector": base64.b64encode(person.document.get_state()).decode(),
        "hash": zlib.crc32((person.text if text is None else text).encode()),
    }


def test_a_page_can_check_that_it_agrees(server: Server, session: Session, ann: Person) -> None:
    ann.types("héllo")
    answer = ann.does("doc_check", **check_of(ann))
    assert (answer["same"], answer["astray"]) == (True, False)
    assert ann.does("doc_check", **check_of(ann, "hello"))["astray"]
    behind = check_of(ann)
    ann.types(" world")
    answer = ann.does("doc_check", **behind)
    assert (answer["same"], answer["astray"]) == (False, False)
    other: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
    other.apply_update(base64.b64decode(ann.joined["update"]))
    assert answer["update"]
    assert ann.refused("doc_check", state_vector="AA==", hash="x") == "bad_request"
    assert ann.refused("doc_check", state_vector="/w==", hash=1) == "bad_request"
    assert "differed" in server.read_log()
