"""Passwords: how they are kept, which are taken, and what checking one costs."""

from functools import cache
from typing import Final
from unicodedata import normalize

from openqi.kernel.errors import RefusedError

LEAST: Final = 12
MOST: Final = 256
_COMMON: Final = (
    "password", "passw0rd", "qwertyuiop", "letmein", "administrator", "welcome", "iloveyou", "123456789", "987654321",
    "abcdefghijkl", "woaini", "openqi",
)  # fmt: skip
"""What nobody may build a password of alone: such a word, doubled or with digits behind it."""
CONTEXT: Final = (
    "openqi", "quality", "qualitystation", "station", "laboratory", "calibration", "certification", "certifier", "inspection",
    "accreditation", "metrology", "conformity", "operator", "质量服务站", "检测", "实验室", "认证", "认可", "校准",
)  # fmt: skip
"""Words of this trade, which whoever guesses at a station tries first; refused as the common ones are."""


def check_password(password: str, login: str) -> str:
    """Return the password in one spelling.

    Raises:
        RefusedError: `password-weak`: it is too short, too long, one character many times, a common word, or the name itself.

    Source: [NIST80063B] section 5.1.1.2: length, no rules of composition, no common ones.
    """
    text = normalize("NFC", password)
    if not LEAST <= len(text) <= MOST:
        raise RefusedError("password-weak", f"a password has {LEAST} to {MOST} characters; several words make a good one")
    plain = text.casefold().rstrip("0123456789!.?")
    halves = {plain, plain[: len(plain) // 2]} if plain[: len(plain) // 2] * 2 == plain else {plain}
    if len(set(text)) < 4 or not plain or halves & {*_COMMON, *CONTEXT, login.casefold()} or text.isdigit():
        raise RefusedError("password-weak", "this password is easily guessed; take several words that do not belong together")
    return text


@cache
def _hasher() -> "object":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's first choice for Argon2id


@cache
def _nobody() -> str:
    return hashed("a password that nobody has")


def hashed(password: str) -> str:
    """Return what is kept of a password: Argon2id with its own salt."""
    return str(_hasher().hash(password))  # type: ignore[attr-defined]


def fits(kept: str | None, password: str) -> bool:
    """Return whether a password is the one that was kept; None costs the same, so that nobody learns who has an account."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(kept or _nobody(), normalize("NFC", password)[:MOST])  # type: ignore[attr-defined]
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Return whether a password was hashed with other costs than those of today."""
    return bool(_hasher().check_needs_rehash(kept))  # type: ignore[attr-defined]
