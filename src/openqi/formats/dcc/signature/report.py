"""What the check of a signature came to."""

from dataclasses import dataclass
from typing import Literal

State = Literal["valid", "valid-then-expired-now", "changed", "broken", "revoked", "unknown-issuer", "not-signed", "not-checked"]


@dataclass(frozen=True, kw_only=True)
class SignatureReport:
    """The state of a signature, and how it was found.

    Args:
        state: `changed`: the signature holds, the document is another; `broken`: the signature does not hold.
        signed_at: instant, RFC 3339 in UTC, None where nothing is signed.
        time_source: `timestamp` by somebody else, or only `claimed` by the signer.
        signer: distinguished name.
        steps: (name, state, why) of each step, state `passed`, `failed` or `not checked`.
        revocation: `not checked` where the certificate carries neither list nor answer.
    """

    state: State
    signed_at: str | None
    time_source: Literal["timestamp", "claimed"] | None
    signer: str | None
    steps: tuple[tuple[str, str, str], ...]
    revocation: Literal["good", "revoked", "not checked"]
