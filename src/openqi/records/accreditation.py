"""What a body was accredited for: scopes, each with its requirements, products and dates."""

from typing import ClassVar

from openqi.records import Body, Instant, Names, Text, Uri


class ScopeGranted(Body, frozen=True):
    """An accreditation body found a body competent for requirements and products, between two instants."""

    KIND: ClassVar[str] = "accreditation.scope-granted/1"
    ROLE: ClassVar[str | None] = "accreditation-body"

    scope: Uri
    body: Uri
    number: Text
    activity: Names
    requirements: tuple[Uri, ...]
    products: tuple[Uri, ...]
    valid_from: Instant
    valid_until: Instant | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.scope, self.body)
