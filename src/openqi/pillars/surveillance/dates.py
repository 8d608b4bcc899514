"""Days as records write them, `2026-11-30`, which there have to be."""

from datetime import date

from openqi.kernel.errors import FormatError


def day(text: str, what: str) -> date:
    """Return the day that a text writes.

    Args:
        text: of the day.
        what: whose day, for the message.

    Raises:
        FormatError: there is no such day, or it has another spelling.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise FormatError(f"{what}: {text[:20]!r} is no day, write it as 2026-03-31") from error
    if found.isoformat() != text:
        raise FormatError(f"{what}: {text[:20]!r} is no day, write it as 2026-03-31")
    return found
