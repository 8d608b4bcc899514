"""Public randomness as a commitment names it and as it comes: which form, when at the earliest, and what bytes come of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from openqi.kernel.errors import FormatError, RefusedError, VerificationError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.records.draws import SourceNamed
from openqi.science.draws.foreign.drand import CHECKED, NETWORKS, NOT_CHECKED, Beacon, Network, randomness_of
from openqi.science.draws.hashing.alike import folded
from openqi.science.draws.seed import SMALLEST, numbers_value

BEACON: Final = "drand "
MOST_SOURCES: Final = 8
LAST_ROUND: Final = 8 * 10**9
"""Of the slowest network it comes in the year 9625: later ones have no instant that is written in four digits."""
GREATEST: Final = 10**9


def network_of(one: SourceNamed) -> Network:
    """Return the network of a beacon.

    Raises:
        RefusedError: it is none whose rounds come at known times.
    """
    name = one.source.removeprefix(BEACON)
    if not one.source.startswith(BEACON) or name not in NETWORKS:
        known = ", ".join(BEACON + name for name in NETWORKS)
        raise RefusedError("beacon-known", f"{one.source!r} is no beacon whose rounds come at known times; there are {known}")
    return NETWORKS[name]


def round_of(one: SourceNamed) -> int:
    """Return the round that a beacon's event names.

    Raises:
        FormatError: it is none.
    """
    if not (one.event.isascii() and one.event.isdecimal()) or one.event.startswith("0") or int(one.event) > LAST_ROUND:
        raise FormatError(f"{one.event[:40]!r} is no round of {one.source}: write its number in digits")
    return int(one.event)


def instant_of(one: SourceNamed) -> str:
    """Return when a beacon's round comes, by arithmetic.

    Raises:
        RefusedError, FormatError: it is no known beacon, or no round.
    """
    seconds = network_of(one).seconds_of(round_of(one))
    return format_instant(datetime.fromtimestamp(seconds, tz=UTC))


def check_sources(sources: Sequence[SourceNamed], now: str) -> None:
    """Refuse sources that anybody could know by now, that are no randomness, or that leave a choice for later.

    Raises:
        RefusedError: as said.
        FormatError: an event is no round, or there is no such instant.
    """
    if not 1 <= len(sources) <= MOST_SOURCES:
        raise RefusedError("sources-named", f"{len(sources)} sources of randomness; name from 1 to {MOST_SOURCES}")
    if len({(folded(one.source), folded(one.event)) for one in sources}) != len(sources):
        raise RefusedError("sources-once", "a source of randomness is named twice: each event counts once")
    least = 0
    for one in sources:
        parse_instant(one.not_before)  # a day that there is not has no end
        if one.form == "drand":
            comes = instant_of(one)
            if comes <= now:
                why = f"round {one.event} of {one.source} came at {comes}, and it is {now}"
                raise RefusedError("randomness-to-come", f"{why}: name a round that nobody knows")
            if comes != one.not_before:
                why = f"round {one.event} of {one.source} comes at {comes}, not at {one.not_before}"
                raise RefusedError("instant-of-round", f"{why}: say when it comes")
            least += 32
        elif "drand" in folded(one.source):
            raise RefusedError("beacon-known", f"{one.source!r} is a beacon: name it with the form drand, as drand quicknet")
        else:
            least += SMALLEST if one.form == "bytes" else sum(2 * count + 1 for count in one.numbers)
        if one.not_before <= now:
            why = f"{one.event} of {one.source} can be known from {one.not_before} on, and it is {now}"
            raise RefusedError("randomness-to-come", f"{why}: name an event that nobody knows yet")
    if least < SMALLEST:
        raise RefusedError(
            "enough-randomness", f"the sources may have {least} bytes together, fewer than {SMALLEST}: mix in a beacon"
        )


def beacon_value(one: SourceNamed, signature: bytes, previous: bytes | None) -> bytes:
    """Return the value of a beacon's round: SHA-256 of its signature.

    Raises:
        RefusedError: the signature is none of this network.
    """
    network = network_of(one)
    beacon = Beacon(network=network.name, scheme=network.scheme, round=round_of(one), signature=signature, previous=previous)
    try:
        return randomness_of(beacon, expected_round=round_of(one)).value
    except (FormatError, VerificationError) as error:
        raise RefusedError("beacon-fits", f"{one.source}, round {one.event}: {error}") from error


def numbers_of(one: SourceNamed, text: str) -> tuple[bytes, str]:
    """Return drawn numbers as the bytes that are mixed, and as they are written: `1 3 9 17 21 30 + 16`.

    Args:
        one: how many numbers each group has, and whether their order counts.
        text: numbers with spaces or commas between, a plus sign between groups.

    Raises:
        FormatError: other text.
        RefusedError: as many numbers as were not named.
    """
    groups = []
    for part in text.split("+"):
        words = part.replace(",", " ").split()
        if not all(word.isascii() and word.isdecimal() and int(word) <= GREATEST for word in words):
            raise FormatError(f"{text[:80]!r} are no drawn numbers: write digits, spaces between them, + between groups")
        groups.append([int(word) for word in words])
    if tuple(map(len, groups)) != one.numbers:
        wanted = " + ".join(map(str, one.numbers))
        found = " + ".join(str(len(group)) for group in groups)
        raise RefusedError("numbers-fit", f"{one.event} of {one.source} has {wanted} numbers, and these are {found}")
    ordered = groups if one.ordered else [sorted(group) for group in groups]
    return numbers_value(*groups, ordered=one.ordered), " + ".join(" ".join(map(str, group)) for group in ordered)


def checked_of(one: SourceNamed) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what was checked of a value, and what was not."""
    if one.form == "drand":
        return (*CHECKED, "the round came at the instant that genesis and period say"), NOT_CHECKED
    if one.form == "numbers":
        return ("there are as many numbers as were named",), ("that these numbers were drawn",)
    return (f"there are at least {SMALLEST} bytes",), ("that the source published these bytes",)
