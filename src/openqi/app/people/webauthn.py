"""What a browser is asked for a passkey and what it answers: read strictly, checked to the last flag, without desk or clock."""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from openqi.evidence.canonical import base64url, base64url_bytes
from openqi.kernel.errors import FormatError, RefusedError

ALGORITHMS: Final = (-8, -7, -257)
"""EdDSA, ES256, RS256: what authenticators of people have; no others, so that none is kept that nobody looks after."""
MINUTES: Final = 5
_MOST: Final = 20_000
_MOST_ID: Final = 1023
_UNREADABLE: Final = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, OverflowError, RecursionError, NotImplementedError,
    struct.error, msgspec.MsgspecError, UnsupportedAlgorithm, FormatError,
)  # fmt: skip
"""What the library raises over bytes that are no answer, or over one that does not hold."""


class _Response(msgspec.Struct, frozen=True, kw_only=True):
    clientDataJSON: str  # noqa: N815 -- the names of WebAuthn
    attestationObject: str = ""  # noqa: N815
    authenticatorData: str = ""  # noqa: N815
    signature: str = ""
    userHandle: str | None = None  # noqa: N815


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    type: str
    response: _Response


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A new passkey: its id in base64url, what is kept of it, its counter, and whether it is copied between devices."""

    id: str
    credential: bytes
    counter: int
    synced: bool


@dataclass(frozen=True, kw_only=True)
class Asserted:
    """An answer by a passkey that is not checked yet: which one, for whom, to which challenge."""

    id: str
    account: str | None
    challenge: bytes
    answer: AuthenticationResponse


class RelyingParty:
    """The station as passkeys know it.

    Args:
        host: its host name, to which passkeys are bound for ever.
        origin: scheme, host and port, which the browser has to name exactly.
        name: what the browser may show.

    Source: [WEBAUTHN] sections 7.1 and 7.2.
    """

    def __init__(self, *, host: str, origin: str, name: str) -> None:
        party = PublicKeyCredentialRpEntity(id=host, name=name)
        self._server = Fido2Server(party, verify_origin=lambda stated: stated == origin)
        self._server.timeout = MINUTES * 60_000  # type: ignore[assignment]
        self._server.allowed_algorithms = [
            PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=one) for one in ALGORITHMS
        ]

    def creation(self, challenge: bytes, *, account: str, login: str, name: str, known: Sequence[str]) -> dict[str, Any]:
        """Return the options with which a browser makes a passkey that nobody needs to type a name for.

        Args:
            challenge: what it has to sign.
            account: id of the account, which a passkey tells again at signing in; it says nothing about the person.
            login, name: what the authenticator shows to its owner.
            known: ids of the passkeys that the account has, none of which is made twice.
        """
        user = PublicKeyCredentialUserEntity(id=account.encode(), name=login, display_name=name)
        options, _ = self._server.register_begin(
            user, _described(known), ResidentKeyRequirement.REQUIRED, UserVerificationRequirement.REQUIRED, challenge=challenge
        )
        return dict(options)

    def request(self, challenge: bytes, *, known: Sequence[str] | None = None) -> dict[str, Any]:
        """Return the options with which a browser proves who somebody is; `known` limits it to these passkeys."""
        described = None if known is None else _described(known)
        options, _ = self._server.authenticate_begin(described, UserVerificationRequirement.REQUIRED, challenge=challenge)
        return dict(options)

    def answered(self, text: str) -> bytes:
        """Return the challenge that an answer of either sort names; raises RefusedError `passkey-refused` where it is none."""
        with _checked():
            return _client(_read(text)).challenge

    def registered(self, text: str, challenge: bytes) -> Registered:
        """Return the passkey that a browser has made for a challenge; raises RefusedError `passkey-refused`."""
        with _checked():
            read = _read(text)
            _client(read)
            response = {"clientDataJSON": read.response.clientDataJSON, "attestationObject": read.response.attestationObject}
            answer = RegistrationResponse.from_dict({"id": read.id, "rawId": read.id, "type": read.type, "response": response})
            made = self._server.register_complete(_state(challenge), answer)
            return _made(read.id, made)

    def asserted(self, text: str) -> Asserted:
        """Return which passkey answers which challenge; raises RefusedError `passkey-refused` where it is no answer."""
        with _checked():
            read = _read(text)
            challenge = _client(read).challenge
            parts = {name: getattr(read.response, name) for name in ("clientDataJSON", "authenticatorData", "signature")}
            answer = AuthenticationResponse.from_dict({"id": read.id, "rawId": read.id, "type": read.type, "response": parts})
            handle = read.response.userHandle
            account = None if not handle else base64url_bytes(handle).decode("ascii")
            return Asserted(id=read.id, account=account, challenge=challenge, answer=answer)

    def check(self, asserted: Asserted, credential: bytes) -> int:
        """Return the counter of an answer that holds in everything else; raises RefusedError `passkey-refused`.

        Args:
            asserted: the answer.
            credential: what is kept of the passkey.
        """
        with _checked():
            kept = AttestedCredentialData(credential)
            self._server.authenticate_complete(_state(asserted.challenge), [kept], asserted.answer)
            return asserted.answer.response.authenticator_data.counter


@contextmanager
def _checked() -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        raise RefusedError("passkey-refused", f"the passkey's answer does not hold: {str(error)[:200]}; try again") from error


def _read(text: str) -> _Answer:
    if len(text) > _MOST:
        raise ValueError(f"it has more than {_MOST} characters")
    return msgspec.json.decode(text, type=_Answer)


def _client(read: _Answer) -> CollectedClientData:
    """What the browser says of itself; a page of somebody else's that frames this one is no place to prove who one is."""
    client = CollectedClientData(base64url_bytes(read.response.clientDataJSON))
    if client.cross_origin or "topOrigin" in msgspec.json.decode(bytes(client)):
        raise ValueError("it was asked for inside a page of another site")
    return client


def _made(told: str, made: AuthenticatorData) -> Registered:
    data = made.credential_data
    if data is None or base64url(data.credential_id) != told or not 0 < len(data.credential_id) <= _MOST_ID:
        raise ValueError("it names no passkey, or another than it brings")
    if data.public_key.get(3) not in ALGORITHMS:
        raise ValueError("its algorithm is none that was asked for")
    try:  # a key that cannot check anything is found now, not when its owner wants to come in
        data.public_key.verify(b"", b"")
    except InvalidSignature:
        return Registered(id=told, credential=bytes(data), counter=made.counter, synced=made.is_backup_eligible())
    raise ValueError("its key takes any signature")


def _described(known: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=base64url_bytes(one)) for one in known]


def _state(challenge: bytes) -> dict[str, Any]:
    return {"challenge": base64url(challenge), "user_verification": UserVerificationRequirement.REQUIRED}
