"""Separation of duties: who did one thing on a subject does not do another, as a rule that the log itself states."""

from typing import ClassVar, Literal

from openqi.evidence.algorithms.algorithm import THUMBPRINT
from openqi.evidence.keys import log_subject
from openqi.records import Body, Instant, Names, RecordId, Text, Uri

MARK = "#duties/"
"""What makes a subject one of rules about an act; no other record may lie there."""


def duties_subject(origin: str, act: str) -> str:
    """Return the subject in whose stream the rules of a log lie that say who does not do an act.

    One stream an act, so that a rule about sampling moves nothing under a certificate.

    Args:
        origin: name of the log.
        act: name of a kind or of a command.
    """
    return f"{log_subject(origin)}{MARK}{act}"


def is_reserved(origin: str, subject: str) -> bool:
    """Return whether a subject's stream is one of governance, into which nothing else puts words.

    Args:
        origin: name of the log.
        subject: of the stream.
    """
    return (
        subject == log_subject(origin)
        or subject.startswith(THUMBPRINT)
        or subject.endswith(("#roles", "#admitted"))
        or MARK in subject
    )


class SeparationPublished(Body, frozen=True):
    """Who did one thing on a subject does not do another on it (职责分离), between two instants; the operator's to say.

    `did` and `does` name kinds or commands. With `level` party an organisation as a whole keeps the two apart; with key it is
    enough that two persons do it, told apart by their keys: a key and those that it replaced are one hand.
    """

    KIND: ClassVar[str] = "governance.separation-published/1"
    ROLE: ClassVar[str | None] = "operator"

    origin: Text
    rule: Uri
    name: Names
    did: tuple[Text, ...]
    does: tuple[Text, ...]
    level: Literal["party", "key"]
    reason: Names
    source: Names
    valid_from: Instant
    valid_until: Instant | None = None

    def __post_init__(self) -> None:
        if not self.did or not self.does:
            raise ValueError("a separation of duties names what was done and what is then not done")
        if len(self.did) > 50 or len(self.does) > 50:
            raise ValueError("a separation of duties names at most 50 acts on each side; publish a second one")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("a separation of duties ends after it begins")

    def subjects(self) -> tuple[str, ...]:
        return (self.rule, *(duties_subject(self.origin, act) for act in self.does))


class SeparationEnded(Body, frozen=True):
    """A separation of duties ends at an instant, for the acts that are named; the operator's to say."""

    KIND: ClassVar[str] = "governance.separation-ended/1"
    ROLE: ClassVar[str | None] = "operator"

    origin: Text
    rule: Uri
    separation: RecordId
    does: tuple[Text, ...]
    ended_at: Instant
    reason: Names

    def __post_init__(self) -> None:
        if not self.does or len(self.does) > 50:
            raise ValueError("name the 1 to 50 acts for which the separation of duties ends")

    def subjects(self) -> tuple[str, ...]:
        return (self.rule, *(duties_subject(self.origin, act) for act in self.does))
