"""What comes of writing: what would be stated, what was sealed, why it is refused, and who was first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openqi.app.acts.acts import Act
from openqi.app.acts.audience import Audience
from openqi.evidence.record import Record, Statement
from openqi.kernel.errors import ConflictError, OpenQIError, RefusedError


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why nothing would come of it: the rule that the words table knows, and what was said."""

    rule: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an act would state if it were sealed now; or the refusal.

    Args:
        act: which.
        arguments: JSON, in the one spelling that evidence has.
        audience: what was chosen.
        visible_to: who would see it besides the signer; None for all.
        stated: what would be stated.
        known_at: size of the log that it was decided on.
        refusal: why it would be refused.
    """

    act: Act
    arguments: Mapping[str, Any]
    audience: Audience
    visible_to: tuple[str, ...] | None
    known_at: int
    stated: tuple[Statement, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What was sealed: its records, and whether it was this very request that sealed them or one before it."""

    records: tuple[Record, ...]
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Change:
    """A record that came into the log meanwhile; of one that is withheld only its id is told."""

    record: str
    kind: str = ""
    issuer: str = ""
    at: str = ""


class OvertakenError(ConflictError):
    """Somebody was first since the preview: `changes` says what came, and `known_at` how far to look again."""

    def __init__(self, changes: tuple[Change, ...], known_at: int) -> None:
        told = "; ".join(
            f"{one.kind or 'a withheld record'} by {one.issuer or 'somebody'}, record {one.record}" for one in changes[:5]
        )
        super().__init__(f"somebody was first: {told}. Look at it, and seal again if yours still holds")
        self.changes, self.known_at = changes, known_at


@dataclass(frozen=True, kw_only=True)
class Offered:
    """An act as one party sees it now: whether it may, and what keeps it from it."""

    act: Act
    may: bool
    why: Refusal | None = field(default=None)


def refusal_of(error: OpenQIError) -> Refusal:
    """Return a refusal out of an error of ours."""
    name = type(error).__name__.removesuffix("Error").lower()
    rule = error.rule if isinstance(error, RefusedError) else name
    return Refusal(rule=rule, told=str(error).removesuffix(f" [{rule}]"))
