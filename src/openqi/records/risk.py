"""Risk as it is stated and decided: trees of indicators, schemes, models, and which of two is better."""

from typing import ClassVar, Final, Literal

from openqi.records import (
    Body,
    ClassName,
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
