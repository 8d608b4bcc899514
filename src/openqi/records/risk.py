"""Risk as it is stated and decided: schemes, models, what is known of objects, classes, and what changes them."""

from hashlib import sha256
from typing import Annotated, ClassVar, Final, Literal

import msgspec

from openqi.records import (
    Body,
    Content,
    DecimalText,
    Fractional,
    Index,
    Instant,
    Items,
    Names,
    Number,
    Part,
    RecordId,
    Reference,
    Small,
    Text,
    Uri,
)  # fmt: skip

AUTHORITY: Final = "market-surveillance-authority"
ClassName = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Chance = Annotated[str, msgspec.Meta(pattern=r"^[01]\.[0-9]{6}$(?!\n)")]
"""A probability in six digits after the point: `0.034000`."""
MODEL_TYPE: Final = "application/json"


def registered_subject(scheme: str) -> str:
    """Return the subject in whose stream lie all models that were registered under a scheme."""
    return f"{scheme}#registered"


def models_subject(scheme: str) -> str:
    """Return the subject in whose stream lies what puts models in force: the first one, and every comparison that was won."""
    return f"{scheme}#models"


def first_subject(scheme: str) -> str:
    """Return the subject in whose stream lies the first model alone, so that its registration stays complete when others come."""
    return f"{scheme}#first"


def comparisons_subject(scheme: str) -> str:
    """Return the subject in whose stream lie all comparisons under a scheme, won or not."""
    return f"{scheme}#comparisons"


def compared_subject(scheme: str, challenger: str) -> str:
    """Return the subject in whose stream lie the comparisons of one challenger."""
    return f"{scheme}#compared/{challenger}"


def classifications_subject(scheme: str) -> str:
    """Return the subject in whose stream lie the classifications under a scheme."""
    return f"{scheme}#classifications"


def changes_subject(scheme: str, classified: str) -> str:
    """Return the subject in whose stream lie the changes of classes of one classification: appeals that were upheld, repairs."""
    return f"{scheme}#changes/{classified}"


def object_subject(scheme: str, classified: str, object_name: str) -> str:
    """Return the subject in whose stream lies what concerns the class of one object, apart from all others."""
    return f"{scheme}#object/{classified}/{sha256(object_name.encode()).hexdigest()}"


class IndicatorTreePublished(Body, frozen=True):
    """A tree of indicators with weights (通用指标体系): how many each level has, 5, 25 and 81 for example; a row an indicator."""

    KIND: ClassVar[str] = "surveillance.indicator-tree-published/1"

    tree: Uri
    edition: Text
    name: Names
    levels: tuple[Index, ...]
    items: Items
    source: Names
    valid_from: Instant
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.tree,)


class ClassStated(Part, frozen=True, kw_only=True):
    """A class: the probability at which it begins, the ratio that is visited, and the chance that nobody of it falls below."""

    risk_class: ClassName
    least: Fractional
    ratio: Fractional
    floor: Fractional
    name: Names | None = None


class ComparisonRule(Part, frozen=True, kw_only=True):
    """By what a challenger is judged, stated in advance: the whole interval of the difference lies above the margin."""

    measure: Literal["log-loss", "brier"] = "log-loss"
    confidence: DecimalText = "0.95"
    margin: DecimalText = "0"
    least_visits: Index = 200
    least_found: Index = 20
    least_effective: Index = 100
    top: DecimalText = "0.1"


class RiskSchemePublished(Body, frozen=True):
    """How objects are classified by risk (信用风险分类): of what, in which classes, and when a new model takes over.

    Whoever publishes it and who stands under `parties` act under it. A classification holds for `valid_days` at most.
    """

    KIND: ClassVar[str] = "surveillance.risk-scheme-published/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    risk_scheme: Uri
    edition: Text
    name: Names
    target: Names
    classes: tuple[ClassStated, ...]
    valid_days: Small
    valid_from: Instant
    rule: ComparisonRule = ComparisonRule()
    tree: RecordId | None = None
    parties: tuple[Uri, ...] = ()
    illustrative: bool = False

    def __post_init__(self) -> None:
        if not self.classes or not self.valid_days:
            raise ValueError("a scheme has classes, and a classification holds for a day or longer")

    def subjects(self) -> tuple[str, ...]:
        return (self.risk_scheme,)

    def references(self) -> tuple[Reference, ...]:
        return () if self.tree is None else (Reference("indicator tree", self.tree),)


class FeatureStated(Part, frozen=True, kw_only=True):
    """A feature of a model: whether risk never falls or never rises with it, and how many categories it has."""

    feature: Text
    kind: Literal["number", "category"]
    monotone: Literal["increasing", "decreasing", "free"]
    categories: Index = 0
    name: Names | None = None


class Fact(Part, frozen=True, kw_only=True):
    """A fact about training as the document has it."""

    name: Text
    value: Text


class ModelRegistered(Body, frozen=True):
    """A risk model under a scheme: its document, features, facts of its training, and the draws that it learned from.

    `first` puts it in force; any other has to win a comparison.
    """

    KIND: ClassVar[str] = "surveillance.model-registered/1"

    risk_scheme: Uri
    under: RecordId
    model: Uri
    name: Names
    document: Content
    features: tuple[FeatureStated, ...]
    trees: Index
    leaves: Index
    trained_until: Instant
    learned_from: tuple[RecordId, ...] = ()
    trained: tuple[Fact, ...] = ()
    first: bool = False
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        own = (registered_subject(self.risk_scheme),)
        return (*own, models_subject(self.risk_scheme), first_subject(self.risk_scheme)) if self.first else own

    def references(self) -> tuple[Reference, ...]:
        return (Reference("scheme", self.under), *(Reference("draw", one) for one in self.learned_from))


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


class EstimateStated(Part, frozen=True, kw_only=True):
    """A number with standard error and interval: rounded to a millionth, and the float of it."""

    value: DecimalText
    exact_value: Number
    standard_error: DecimalText
    lower: DecimalText
    upper: DecimalText


class ModelsCompared(Body, frozen=True):
    """A challenger beside the model in force, on visits that neither learned from, weighted by their chances.

    `better` is by how much the challenger's loss is lower. It takes over only where the whole interval lies above the margin
    that the scheme stated in advance; `open` decides nothing, and `reason` says where too few visits were made to decide.
    """

    KIND: ClassVar[str] = "surveillance.models-compared/1"

    risk_scheme: Uri
    under: RecordId
    champion: RecordId
    challenger: RecordId
    draws: tuple[RecordId, ...]
    features: RecordId
    rule: ComparisonRule
    visits: Index
    found: Index
    not_examined: Index
    effective: DecimalText
    champion_loss: DecimalText
    challenger_loss: DecimalText
    better: EstimateStated
    champion_lift: DecimalText
    challenger_lift: DecimalText
    lift: EstimateStated
    verdict: Literal["takes-over", "stays", "open"]
    first_visit: Instant
    last_visit: Instant
    reason: Literal["", "too-few"] = ""
    simulated: bool = False
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        own = (comparisons_subject(self.risk_scheme), compared_subject(self.risk_scheme, self.challenger))
        return (*own, models_subject(self.risk_scheme)) if self.verdict == "takes-over" else own

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("scheme", self.under), Reference("model in force", self.champion),
            Reference("challenger", self.challenger), *(Reference("draw", one) for one in self.draws),
            Reference("features", self.features),
        )  # fmt: skip


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
