"""Values of the drand beacon: what can be checked of them without pairings, and what is said not to be checked."""

from dataclasses import dataclass
from hashlib import sha256

from openqi.kernel.errors import DomainError, FormatError, VerificationError
from openqi.science.draws.seed import PublicValue

SIZES = {"pedersen-bls-chained": 96, "pedersen-bls-unchained": 96, "bls-unchained-on-g1": 48, "bls-unchained-g1-rfc9380": 48}
"""Bytes of a signature of each scheme."""
CHECKED = (
    "the randomness is SHA-256 of the signature",
    "the signature is as long as those of its scheme",
    "the round is the one named",
)
NOT_CHECKED = ("that the signature was made with the key of the network (a BLS pairing)",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """A network whose rounds come at fixed times.

    Args:
        name: its beacon.
        scheme: how it signs.
        genesis: seconds since 1970-01-01 in UTC, at which round 1 came.
        period: seconds from a round to the next.
        chain: hash of its chain, in hexadecimal digits.
    """

    name: str
    scheme: str
    genesis: int
    period: int
    chain: str

    def seconds_of(self, number: int) -> int:
        """Return the second since 1970-01-01 in UTC at which a round comes.

        Raises:
            DomainError: rounds begin with 1.

        Source: [DRAND] time of a round.
        """
        if number < 1:
            raise DomainError(f"round {number}: rounds of drand begin with 1")
        return self.genesis + (number - 1) * self.period


NETWORKS = {
    one.name: one
    for one in (
        Network(
            name="quicknet",
            scheme="bls-unchained-g1-rfc9380",
            genesis=1_692_803_367,
            period=3,
            chain="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
        ),
        Network(
            name="default",
            scheme="pedersen-bls-chained",
            genesis=1_595_431_050,
            period=30,
            chain="8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",
        ),
    )
}
"""The networks of the League of Entropy that go on. Source: [DRAND] the information of each chain."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Beacon:
    """A round of a network.

    Args:
        network: its name, `quicknet` for example.
        scheme: how it signs.
        round: its number.
        signature: as published.
        previous: the signature of the round before, where rounds are chained.
        randomness: as published; None where it was left out, because anyone can compute it.
    """

    network: str
    scheme: str
    round: int
    signature: bytes
    previous: bytes | None = None
    randomness: bytes | None = None


def randomness_of(beacon: Beacon, *, expected_round: int) -> PublicValue:
    """Return the value of a round; `CHECKED` says what was checked of it, `NOT_CHECKED` what was not.

    Args:
        beacon: as a relay has answered.
        expected_round: the round that was named before the draw.

    Raises:
        FormatError: an unknown scheme, or a signature of another length.
        VerificationError: another round, a chained round without the one before, or randomness that is not of this signature.

    Source: [DRAND].
    """
    if beacon.scheme not in SIZES:
        raise FormatError(f"no scheme {beacon.scheme!r}; known are {', '.join(SIZES)}")
    size = SIZES[beacon.scheme]
    if len(beacon.signature) != size:
        raise FormatError(f"a signature of {beacon.scheme} has {size} bytes, not {len(beacon.signature)}")
    if beacon.round != expected_round:
        raise VerificationError("round", f"round {expected_round} was named, and this is round {beacon.round}")
    if beacon.scheme == "pedersen-bls-chained" and (beacon.previous is None or len(beacon.previous) != size):
        raise VerificationError("previous", "a chained round comes with the signature of the one before")
    value = sha256(beacon.signature).digest()
    if beacon.randomness is not None and beacon.randomness != value:
        raise VerificationError("randomness", "the randomness is not SHA-256 of the signature")
    return PublicValue(source=f"drand {beacon.network}", event=str(beacon.round), value=value)
