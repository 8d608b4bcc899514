"""Classes of risk as they are stated and decided: what is known of objects, the class of each, and what changes it."""

from hashlib import sha256
from typing import ClassVar, Final, Literal

from openqi.records import (
    Body,
    ClassName,
    Content,
    Index,
    Instant,
    Items,
    Names,
    Part,
    RecordId,
    Reference,
    Small,
    Text,
    Uri,
)  # fmt: skip

AUTHORITY: Final = "market-surveillance-authority"


def classifications_subject(scheme: str) -> str:
    """Return the subject in whose stream lie the classifications under a scheme."""
    return f"{scheme}#classifications"


def changes_subject(scheme: str, classified: str) -> str:
    """Return the subject in whose stream lie the changes of classes of one classification: appeals that were upheld, repairs."""
    return f"{scheme}#changes/{classified}"


def object_subject(scheme: str, classified: str, object_name: str) -> str:
    """Return the subject in whose stream lies what concerns the class of one object, apart from all others."""
    return f"{scheme}#object/{classified}/{sha256(object_name.encode()).hexdigest()}"


class FeaturesStated(Body, frozen=True):
    """What was known of objects at an instant: a row an object. The rows are private; who is concerned gets the own one.

    Every row has a salt, so that nobody who sees the proof of one row can try out what stands in another.
    """

    KIND: ClassVar[str] = "surveillance.features-stated/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    PRIVATE_CONTENTS: ClassVar[bool] = True

    risk_scheme: Uri
    under: RecordId
    as_of: Instant
    source: Names
    features: tuple[Text, ...]
    items: Items
    simulated: bool = False
    illustrative: bool = False

    def __post_init__(self) -> None:
        if not self.features or len({*self.features}) != len(self.features):
            raise ValueError("features have names of their own, and there is at least one")

    def subjects(self) -> tuple[str, ...]:
        return (f"{self.risk_scheme}#features",)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("scheme", self.under),)


class ClassCounted(Part, frozen=True, kw_only=True):
    """How many objects a class has."""

    risk_class: ClassName
    objects: Index


class ObjectsClassified(Body, frozen=True):
    """Objects in classes of risk, by the model in force: a row an object with probability, class and reasons; rows are private.

    It holds until `valid_until`; whether it still does is a question of the day that is asked, never an event.
    """

    KIND: ClassVar[str] = "surveillance.objects-classified/1"
    PRIVATE_CONTENTS: ClassVar[bool] = True

    risk_scheme: Uri
    under: RecordId
    model: RecordId
    features: RecordId
    as_of: Instant
    valid_until: Instant
    items: Items
    classes: tuple[ClassCounted, ...]
    incomplete: Index = 0
    reasons: Small = 3
    simulated: bool = False
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (classifications_subject(self.risk_scheme),)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("scheme", self.under), Reference("model", self.model), Reference("features", self.features))


class ClassAppealed(Body, frozen=True):
    """An object, or somebody on its behalf, objects to its class (异议申诉), showing its own row and the proof of it."""

    KIND: ClassVar[str] = "surveillance.class-appealed/1"

    risk_scheme: Uri
    under: RecordId
    classified: RecordId
    object: Text
    leaf: Index
    risk_class: ClassName
    grounds: Names
    on_behalf: bool = False
    documents: tuple[Content, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (object_subject(self.risk_scheme, self.classified, self.object),)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("classification", self.classified),)


class AppealDecided(Body, frozen=True):
    """An appeal was upheld, and the object has another class from now on; or it was rejected. Reasons are given either way."""

    KIND: ClassVar[str] = "surveillance.appeal-decided/1"

    risk_scheme: Uri
    under: RecordId
    appeal: RecordId
    classified: RecordId
    object: Text
    outcome: Literal["upheld", "rejected"]
    before: ClassName
    risk_class: ClassName
    grounds: Names
    evidence: tuple[RecordId, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        own = object_subject(self.risk_scheme, self.classified, self.object)
        return (own, changes_subject(self.risk_scheme, self.classified)) if self.outcome == "upheld" else (own,)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("appeal", self.appeal), Reference("classification", self.classified),
            *(Reference("evidence", one) for one in self.evidence),
        )  # fmt: skip


class ClassRepaired(Body, frozen=True):
    """An object put right what raised its class (信用修复): a lower class from now on, with the evidence that it rests on."""

    KIND: ClassVar[str] = "surveillance.class-repaired/1"

    risk_scheme: Uri
    under: RecordId
    classified: RecordId
    object: Text
    before: ClassName
    risk_class: ClassName
    grounds: Names
    evidence: tuple[RecordId, ...]
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (object_subject(self.risk_scheme, self.classified, self.object), changes_subject(self.risk_scheme, self.classified))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("classification", self.classified), *(Reference("evidence", one) for one in self.evidence))
