"""The project's own errors: each says what was wrong, where, and what the user can do.

An error means that a function cannot answer. A finding about evidence (a signature fails, a lot is nonconforming) is a value.
"""


class OpenQIError(Exception):
    """The root of all errors that OpenQI raises on purpose."""


class DomainError(OpenQIError):
    """A value lies outside of what a function is defined for."""


class FormatError(OpenQIError):
    """Bytes or text do not have the form they claim."""


class CatalogueError(OpenQIError):
    """A catalogue is wired wrongly: a kind is missing, doubled or of the wrong type."""


class ConflictError(OpenQIError):
    """Somebody was first: a stream that a decision read has moved since; decide again."""


class NotFoundError(OpenQIError):
    """What was named is not in the ledger, the blob store or the catalogue."""


class StoreError(OpenQIError):
    """The store could not do what was asked; nothing that was acknowledged is lost."""


class RefusedError(OpenQIError):
    """A rule forbids the step. `rule` names it in one word so that programs can tell refusals apart."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(f"{message} [{rule}]")
        self.rule = rule


class VerificationError(OpenQIError):
    """A check that must not be ignored failed. `step` names it."""

    def __init__(self, step: str, message: str) -> None:
        super().__init__(f"{step}: {message}")
        self.step = step


class BasisError(OpenQIError):
    """A replayed decision asked for something that its basis does not name: the basis is incomplete or the command changed."""


class WithheldError(OpenQIError):
    """A record exists but its text is not shown to this reader."""
