"""Makes bad bytes out of good ones, the same ones from the same seed."""

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

MAX_INPUT: Final = 65_536
EDGES: Final = (
    b"", b"\0", b"\xff", b"\n", b" ", b'"', b"\\", b"null", b"true", b"-0", b"1e999", b"1.5", b"{}", b"[]", b"\xed\xa0\x80",
    "\u00e9".encode(), "e\u0301".encode(), "\U0010ffff".encode(), b"9007199254740992", b"18446744073709551616", b"A" * 300,
    (2**31 - 1).to_bytes(4, "little"), (2**32 - 1).to_bytes(4, "big"), b"[" * 2000, b'{"a":' * 500,
)  # fmt: skip


def inputs(name: str, seeds: Sequence[bytes], words: Sequence[bytes], count: int) -> Iterator[bytes]:
    """Yield `count` inputs: the good ones, then more and more changed ones."""
    chance = Random(name)
    fragments = (*EDGES, *words)
    yield from seeds[:count]
    for _ in range(count - len(seeds[:count])):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8, 30))):
            _change(data, chance, seeds, fragments)
        yield bytes(data[:MAX_INPUT])


def _change(data: bytearray, chance: Random, seeds: Sequence[bytes], fragments: Sequence[bytes]) -> None:
    place = chance.randrange(len(data) + 1)
    end = min(len(data), place + chance.choice((0, 1, 1, 2, 4, 16, 64, 1000)))
    match chance.randrange(9):
        case 0 if data:
            data[place % len(data)] ^= 1 << chance.randrange(8)
        case 1 if data:
            data[place % len(data)] = chance.randrange(256)
        case 2:
            del data[place:end]
        case 3:
            data[place:place] = data[place:end]  # doubled
        case 4:
            data[place:end] = chance.choice(fragments)
        case 5:
            data[place:place] = chance.choice(fragments)
        case 6:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            data[place:end] = other[start : start + chance.choice((1, 8, 64, 500))]
        case 7:
            del data[place:]
        case _:
            data[place:end] = chance.randbytes(end - place)


VALUES: Final = (
    0, 1, -1, 2**53 - 1, True, False, "", "a", "0", "-1", "https://a.example", "ab" * 32, "2026-11-20T10:00:00Z",
    [], {}, [[]], ["a", "a"], {"a": 1}, "log.example/1", "conformity.judge-result/1", "governance.withdraw/1",
    "governance.key-granted/1",
)  # fmt: skip


def changed_json(value: Any, seed: bytes) -> Any:
    """Return a JSON value in which some members are others, left out or in another place; the same from the same seed."""
    chance = Random(seed)
    for _ in range(chance.choice((1, 1, 2, 4))):
        places = list(_places(value))
        container, name = chance.choice(places)
        match chance.randrange(4):
            case 0:
                container[name] = _copy(chance.choice(VALUES))
            case 1:
                other, key = chance.choice(places)
                container[name] = _copy(other[key])
            case 2:
                del container[name]
            case _ if isinstance(container, list):
                container.append(_copy(chance.choice(VALUES)))
            case _:
                container[chance.choice(("a", "record", "origin", "subject", "streams", "salt"))] = _copy(chance.choice(VALUES))
        if not list(_places(value)):
            break
    return value


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each member as (container, name)."""
    for name, inner in list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()):
        yield value, name
        yield from _places(inner)
