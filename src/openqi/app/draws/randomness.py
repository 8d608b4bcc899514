"""The values of the named sources, out of the files in which they were published; none that could be known before counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from openqi.app.draws.terms import Terms
from openqi.app.files import read_file
from openqi.formats.draw_plan import BEACON, StatedSource
from openqi.formats.randomness import MOST_BYTES, BeaconFile, BytesFile, NumbersFile, RandomnessFile, read_randomness
from openqi.kernel.errors import FormatError, RefusedError, VerificationError
from openqi.kernel.instant import parse_instant
from openqi.science.draws.foreign.drand import CHECKED, NETWORKS, NOT_CHECKED, SIZES, Beacon, randomness_of
from openqi.science.draws.seed import PublicValue, numbers_value

UNCHECKED: Final = ("that the source has published this value: compare it with its own page",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """The value of a named source, as it was published and as it is mixed."""

    stated: StatedSource
    file: RandomnessFile
    value: bytes
    published_at: str
    checked: tuple[str, ...]
    not_checked: tuple[str, ...]

    @property
    def public(self) -> PublicValue:
        """The value as the seed is made of it."""
        return PublicValue(source=self.stated.source, event=self.stated.event, value=self.value)

    def data(self) -> dict[str, Any]:
        """Return what `draw.json` says of it."""
        found = {
            "source": self.stated.source, "event": self.stated.event, "value": self.value.hex(), "publishedAt": self.published_at,
        }  # fmt: skip
        return found | _form(self.file) | {"checked": list(self.checked), "notChecked": list(self.not_checked)}


class _Round(msgspec.Struct):
    """A round of a beacon as `draw.json` has it."""

    round: int
    signature: str
    source: str | None
    randomness: str | None
    previousSignature: str | None  # noqa: N815 -- as the file has it


class _Value(msgspec.Struct):
    """Drawn numbers or digits as `draw.json` has them."""

    source: str
    event: str
    publishedAt: str  # noqa: N815
    numbers: list[list[int]] | None = None
    ordered: bool = False
    hex: str = ""


def published(terms: Terms, files: Sequence[tuple[str, RandomnessFile]]) -> tuple[Published, ...]:
    """Return the values of all named sources, in the order of naming.

    Args:
        terms: which sources were named, and when nobody could know them.
        files: name of each file, and what it says.

    Raises:
        RefusedError: a value is of no named source, is missing or there twice, or was out before the stated instant.
        VerificationError: a beacon does not hold.
    """
    found: dict[StatedSource, Published] = {}
    for name, file in files:
        stated = _named(terms, name, file)
        if stated in found:
            raise RefusedError("one-value-a-source", f"{name}: {stated.source}, {stated.event} has a value already; give it once")
        found[stated] = _published(stated, name, file)
    for stated in terms.sources:
        if stated not in found:
            raise RefusedError("all-randomness-present", f"no value of {stated.source}, {stated.event}: wait until it is published")
    return tuple(found[stated] for stated in terms.sources)


def read_files(paths: Sequence[Path]) -> list[tuple[str, RandomnessFile]]:
    """Return what files of randomness say, with their names."""
    return [(path.name, read_randomness(read_file(path, MOST_BYTES), name=path.name)) for path in paths]


def file_of(data: Any) -> RandomnessFile:
    """Return what was published, out of what `draw.json` says.

    Raises:
        FormatError: a member is missing or no such value.
    """
    try:
        if isinstance(data, dict) and "round" in data:
            beacon = msgspec.convert(data, _Round)
            return BeaconFile(
                round=beacon.round, signature=bytes.fromhex(beacon.signature), source=beacon.source,
                randomness=None if beacon.randomness is None else bytes.fromhex(beacon.randomness),
                previous=None if beacon.previousSignature is None else bytes.fromhex(beacon.previousSignature),
            )  # fmt: skip
        found = msgspec.convert(data, _Value)
        parse_instant(found.publishedAt)
        told = {"source": found.source, "event": found.event, "published_at": found.publishedAt}
        if found.numbers is not None:
            return NumbersFile(**told, groups=tuple(map(tuple, found.numbers)), ordered=found.ordered)
        return BytesFile(**told, value=bytes.fromhex(found.hex))
    except (msgspec.ValidationError, ValueError, FormatError) as error:
        raise FormatError(f"randomness of the draw: a member is missing or no such value: {error}") from error


def _form(file: RandomnessFile) -> dict[str, Any]:
    if isinstance(file, BeaconFile):
        return {
            "round": file.round, "signature": file.signature.hex(),
            "randomness": None if file.randomness is None else file.randomness.hex(),
            "previousSignature": None if file.previous is None else file.previous.hex(),
        }  # fmt: skip
    if isinstance(file, NumbersFile):
        return {"numbers": [list(group) for group in file.groups], "ordered": file.ordered}
    return {"hex": file.value.hex()}


def _named(terms: Terms, name: str, file: RandomnessFile) -> StatedSource:
    """The named source that a file is of."""
    if isinstance(file, BeaconFile):
        found = [one for one in terms.sources if one.source.startswith(BEACON) and one.event == str(file.round)]
        found = [one for one in found if file.source in (None, one.source) and _fits(one, file)]
        told = f"round {file.round} of {file.source or 'drand'}"
    else:
        found = [one for one in terms.sources if (one.source, one.event) == (file.source, file.event)]
        told = f"{file.source}, {file.event}"
    if not found:
        wanted = "; ".join(f"{one.source}, {one.event}" for one in terms.sources)
        raise RefusedError("only-named-randomness", f"{name}: {told} was not named before the draw: leave it out. Named: {wanted}")
    if len(found) > 1:
        raise RefusedError("only-named-randomness", f"{name}: {told} fits several sources; add source, as {found[0].source}")
    return found[0]


def _fits(one: StatedSource, file: BeaconFile) -> bool:
    """Whether a signature is as long as those of the network."""
    return SIZES[NETWORKS[one.source.removeprefix(BEACON)].scheme] == len(file.signature)


def _published(stated: StatedSource, name: str, file: RandomnessFile) -> Published:
    if isinstance(file, BeaconFile):
        return _beacon(stated, name, file)
    if file.published_at < stated.not_before:
        raise RefusedError(
            "randomness-to-come",
            f"{name}: {stated.source}, {stated.event} was published at {file.published_at}, before {stated.not_before}, until when "
            "nobody was to know it: the draw cannot be made from it",
        )
    value = numbers_value(*file.groups, ordered=file.ordered) if isinstance(file, NumbersFile) else file.value
    return Published(
        stated=stated, file=file, value=value, published_at=file.published_at, checked=("it was named before the draw",),
        not_checked=UNCHECKED,
    )  # fmt: skip


def _beacon(stated: StatedSource, name: str, file: BeaconFile) -> Published:
    network = NETWORKS[stated.source.removeprefix(BEACON)]
    beacon = Beacon(
        network=network.name, scheme=network.scheme, round=file.round, signature=file.signature, previous=file.previous,
        randomness=file.randomness,
    )  # fmt: skip
    try:
        value = randomness_of(beacon, expected_round=int(stated.event))
    except VerificationError as error:
        raise VerificationError("randomness", f"{name}: {error}") from error
    return Published(
        stated=stated,
        file=BeaconFile(
            round=file.round, signature=file.signature, randomness=file.randomness, previous=file.previous, source=stated.source
        ),
        value=value.value,
        published_at=stated.not_before,
        checked=CHECKED,
        not_checked=NOT_CHECKED,
    )
