"""Proving that one has a key without sending it: a station states a challenge, the key signs it at home, and only that.

What is signed begins with words and a line break, which no record does: a station cannot have a record signed in this way.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from openqi.evidence.algorithms.algorithm import PublicKey, public_key
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.canonical import base64url, base64url_bytes, canonical_bytes
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError, VerificationError

CHALLENGE: Final = "openqi-key-challenge/1"
PROOF: Final = "openqi-key-proof/1"
MOST: Final = 10_000
_START: Final = b"openqi key proof 1\n"
_MEMBERS: Final = ("format", "station", "origin", "party", "replaces", "until", "nonce", "seal")


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What a key is to sign, so that it becomes the key with which somebody signs for a party.

    Args:
        station, origin, party: for whom the key will sign, in which log, through which station.
        replaces: the key that ends then; empty where there is none.
        until: instant until which the answer is taken.
        nonce: chance of the station.
        seal: by which the station knows that it is one of its own.
    """

    station: str
    origin: str
    party: str
    replaces: str
    until: str
    nonce: str
    seal: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the content of the file."""
        return {"format": CHALLENGE} | {name: str(getattr(self, name)) for name in _MEMBERS[1:]}

    def sealed(self, secret: bytes, whose: str) -> str:
        """Return the seal of this challenge for one membership and account."""
        told = self.as_json() | {"seal": whose}
        return base64url(hmac.digest(secret, canonical_bytes(told), "sha256"))


def read_challenge(data: bytes) -> Challenge:
    """Return the challenge in a file.

    Raises:
        FormatError: the file holds none.
    """
    return _challenge(_object(data, "the challenge that the station gave"))


def _challenge(told: Any) -> Challenge:
    if type(told) is not dict or set(told) != {*_MEMBERS} or any(type(one) is not str for one in told.values()):
        raise FormatError(f"the file is no {CHALLENGE}; download the challenge again")
    if told["format"] != CHALLENGE:
        raise FormatError(f"the file is no {CHALLENGE} but {told['format'][:60]!r}; download the challenge again")
    return Challenge(**{name: told[name] for name in _MEMBERS[1:]})


def _object(data: bytes, wanted: str) -> Any:
    if len(data) > MOST:
        raise FormatError(f"the file has more than {MOST} bytes; wanted is {wanted}")
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"the file is no JSON; wanted is {wanted}") from error


def signed_challenge(challenge: Challenge, key: SigningKey) -> bytes:
    """Return the content of the file that proves that somebody has a key."""
    public = key.public_key
    signature = base64url(key.sign(_bytes(challenge, public)))
    told = {"format": PROOF, "challenge": challenge.as_json(), "key": public.as_json(), "signature": signature}
    return json.dumps(told, indent=1).encode() + b"\n"


def read_proof(data: bytes) -> tuple[Challenge, PublicKey]:
    """Return the challenge that was signed and the key that signed it, after checking the signature.

    Raises:
        FormatError: the file holds no proof.
        RefusedError: `possession`: the signature does not hold, or the key cannot sign records.
    """
    told = _object(data, "what `openqi key prove` wrote")
    if type(told) is not dict or set(told) != {"format", "challenge", "key", "signature"} or told["format"] != PROOF:
        raise FormatError(f"the file is no {PROOF}; upload what `openqi key prove` wrote")
    challenge = _challenge(told["challenge"])
    if not isinstance(told["key"], Mapping) or type(told["signature"]) is not str:
        raise FormatError(f"the file is no {PROOF}; upload what `openqi key prove` wrote")
    try:
        key = public_key(dict(told["key"]))
    except NotFoundError as error:
        raise FormatError(f"the proof names a key that is not known here: {error}") from error
    if key.algorithm != "Ed25519":
        raise RefusedError("key-records", f"a {key.algorithm} key only countersigns; make one with `openqi key new FILE`")
    try:
        key.verify(_bytes(challenge, key), base64url_bytes(told["signature"]))
    except VerificationError as error:
        raise RefusedError("possession", f"the signature on the challenge does not hold with the key {key.kid}") from error
    return challenge, key


def _bytes(challenge: Challenge, key: PublicKey) -> bytes:
    return _START + canonical_bytes({"challenge": challenge.as_json(), "key": key.as_json()})
