"""Updates of Yjs that no page makes, and that cost much to take in."""

from __future__ import annotations


def uint(number: int) -> bytes:
    """lib0's variable-length encoding."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


FIRST = b"\x04\x01\x07content\x01a"
CLIENT = uint(7)


def typed_letter_by_letter(letters: int) -> bytes:
    """What any Yjs would have joined into one struct, and yrs joins again in quadratic time."""
    structs = b"".join(b"\x84" + CLIENT + uint(clock) + b"\x01a" for clock in range(letters - 1))
    return b"\x01" + uint(letters) + CLIENT + b"\0" + FIRST + structs + b"\0"


def every_other_letter_deleted(client: int, letters: int) -> bytes:
    ranges = b"".join(uint(2 * number) + b"\x01" for number in range(letters))
    return b"\0\x01" + uint(client) + uint(letters) + ranges


def from_many_clients(clients: int) -> bytes:
    each = b"".join(b"\x01" + uint(9 + number) + b"\0" + FIRST for number in range(clients))
    return uint(clients) + each + b"\0"


def renamed(client: int, places: list[int]) -> bytes:
    """The letter at each place of what `client` typed becomes two others, one after the other."""
    structs = b"".join(b"\x84" + uint(client) + uint(place - 1) + b"\x02xy" for place in places)
    ranges = b"".join(uint(place) + b"\x01" for place in sorted(places))
    inserted = b"\x01" + uint(len(places)) + CLIENT + b"\0" + structs
    return inserted + b"\x01" + uint(client) + uint(len(places)) + ranges
