"""Publishing the value of a source that a commitment had named: one value a source, checked as far as it can be."""

from typing import ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.draws.commitments import check_open
from openqi.pillars.surveillance.draws.sources import beacon_value, checked_of, numbers_of
from openqi.pillars.surveillance.standing import acting, acting_parties, drawable, own_records, public_step
from openqi.records import Command, Content, HexText, Instant, RecordId, Text, statement
from openqi.records.draws import AUTHORITY, DrawCommitted, RandomnessPublished, SourceNamed, randomness_subject
from openqi.science.draws.seed import SMALLEST


class PublishRandomness(Command, frozen=True):
    """Publish what a named source gave: `signature` of a beacon's round, drawn `numbers`, or other bytes in `value`.

    `read_at` says where it can be read, `document` is a scan or page of it. A beacon needs no instant: its round says it.
    """

    NAME: ClassVar[str] = "surveillance.publish-randomness/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    committed: RecordId
    source: Text
    event: Text
    signature: HexText | None = None
    previous: HexText | None = None
    numbers: Text | None = None
    value: HexText | None = None
    published_at: Instant | None = None
    read_at: Text | None = None
    document: Content | None = None


def publish_randomness(view: View, command: PublishRandomness, issuer: str) -> tuple[Statement, ...]:
    """Return the published value.

    Raises:
        NotFoundError: the commitment is not in the log.
        RefusedError: the source was not named, it is too early, the value is none of it, or another one was published before.
    """
    public_step(command.visible_to)
    record, committed = drawable(view, command.committed)
    acting(committed, issuer)
    check_open(view, record, committed)
    named = _named(committed, command)
    value, numbers = _value(named, command)
    before = own_records(
        view,
        randomness_subject(committed.draw, record.id, named.source, named.event),
        RandomnessPublished,
        acting_parties(committed),
    )
    for other, one, stands in before:
        if stands:
            same = "this value" if one.value == value.hex() else f"another value, {one.value}"
            why = f"{named.event} of {named.source}: {same} was published by {other.issuer} in record {other.id}"
            raise RefusedError("one-value-a-source", f"{why}, and stands")
    checked, not_checked = checked_of(named)
    published = RandomnessPublished(
        draw=committed.draw, committed=record.id, source=named.source, event=named.event, value=value.hex(),
        published_at=_instant(named, command), form=named.form, numbers=numbers, signature=command.signature,
        previous=command.previous, read_at=command.read_at, document=command.document, checked=checked, not_checked=not_checked,
        corrects=tuple(other.id for other, _, _ in before),
    )  # fmt: skip
    return (statement(published),)


def _named(committed: DrawCommitted, command: PublishRandomness) -> SourceNamed:
    for one in committed.sources:
        if (one.source, one.event) == (command.source, command.event):
            return one
    named = "; ".join(f"{one.source}, {one.event}" for one in committed.sources)
    raise RefusedError(
        "only-named-randomness", f"{command.source}, {command.event} was not named before the draw; named are {named}"
    )


def _instant(named: SourceNamed, command: PublishRandomness) -> str:
    """When the value came about: of a beacon by its round, of others as it is said, between what was named and now."""
    if command.now < named.not_before:
        why = f"{named.event} of {named.source} comes at {named.not_before}, and it is {command.now}"
        raise RefusedError("randomness-there", f"{why}: nobody knows it yet")
    if named.form == "drand":
        if command.published_at not in (None, named.not_before):
            raise RefusedError(
                "instant-of-round", f"round {named.event} of {named.source} came at {named.not_before}: leave it out"
            )
        return named.not_before
    if command.published_at is None:
        raise RefusedError("instant-said", f"say when {named.event} of {named.source} was published")
    parse_instant(command.published_at)
    if not named.not_before <= command.published_at <= command.now:
        why = f"published at {command.published_at}; {named.event} of {named.source} comes from {named.not_before} on"
        raise RefusedError("randomness-there", f"{why}, and it is {command.now}")
    return command.published_at


def _value(named: SourceNamed, command: PublishRandomness) -> tuple[bytes, str | None]:
    """The bytes that are mixed; of drawn numbers also how they are written."""
    given = {
        "drand": command.signature, "numbers": command.numbers, "bytes": command.value,
    }  # fmt: skip
    wanted = given.pop(named.form)
    if wanted is None or any(other is not None for other in given.values()) or (command.previous and named.form != "drand"):
        told = {"drand": "the signature of the round", "numbers": "the drawn numbers", "bytes": "the bytes"}[named.form]
        raise RefusedError("form-as-named", f"{named.source} was named with the form {named.form}: give {told}, and nothing else")
    if named.form == "drand":
        previous = None if command.previous is None else bytes.fromhex(command.previous)
        return beacon_value(named, bytes.fromhex(wanted), previous), None
    if named.form == "numbers":
        return numbers_of(named, wanted)
    if len(found := bytes.fromhex(wanted)) < SMALLEST:
        raise RefusedError("enough-randomness", f"{len(found)} bytes of {named.source}: at least {SMALLEST} are mixed")
    return found, None
