"""Who asks: a person who has signed in, and for whom they act at the moment."""

from dataclasses import dataclass

from openqi.kernel.errors import RefusedError
from openqi.records import Names


@dataclass(frozen=True, kw_only=True)
class Hat:
    """A membership: for which party an account may act, and with which key it signs there.

    Args:
        membership: id of the membership at the desk.
        party: URI of the party.
        name: what the party is called.
        manages: whether the person also looks after the party's people and keys here.
        kid: the key with which this person signs for the party; None where they have none yet, and may only read.
        kept: whether the station keeps that key; else the person signs with a file of their own.
    """

    membership: str
    party: str
    name: Names
    manages: bool = False
    kid: str | None = None
    kept: bool = False


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A session of a person.

    Args:
        session: id of the session at the desk; the secret that names it is only in the cookie.
        account: id of the account.
        name: what the person is called here.
        hats: the memberships that count now.
        hat: the one that is worn; None where there is none.
        fresh: whether the person has proved who they are a short time ago, so that a kept key may sign.
        csrf: the token that every form of this session carries.
        language: `zh` or `en` where the person has chosen one.
        renews: whether the person came in with a recovery code, or new, and has to set a way in before anything else.
    """

    session: str
    account: str
    name: str
    hats: tuple[Hat, ...] = ()
    hat: Hat | None = None
    fresh: bool = False
    csrf: str = ""
    language: str | None = None
    renews: bool = False

    @property
    def party(self) -> str | None:
        """The party for which the person acts now."""
        return None if self.hat is None else self.hat.party


def check_fresh(visitor: Visitor, *, in_person: bool = False) -> None:
    """Raise unless somebody has just proved who they are.

    Args:
        visitor: who asks.
        in_person: whether a program with a token does not serve; it never proves who somebody is.

    Raises:
        RefusedError: `fresh-session`.
    """
    if not visitor.fresh or (in_person and not visitor.session):
        raise RefusedError("fresh-session", "prove again who you are at /prove, then ask again")
