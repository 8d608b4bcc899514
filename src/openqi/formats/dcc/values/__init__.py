"""All values that a D-SI element states: real or complex, one or many, each with its uncertainty in the form it was stated."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from openqi.formats.dcc.values import regions
from openqi.formats.dcc.values.lists import MAX_VALUES, Lists, decimals, spread
from openqi.formats.dcc.xml import Node

StatedKind = Literal["standard", "expanded", "interval", "none"]
Form = Literal["real", "complex-cartesian", "complex-polar"]
ELEMENTS: Final = (
    *("si:real", "si:constant", "si:complex", "si:realList", "si:realListXMLList", "si:complexList", "si:complexListXMLList"),
    *("si:list", "si:hybrid", "dcc:relativeUncertaintyXmlList", "dcc:relativeUncertaintySingle"),
)
_WRAPPERS: Final = (
    "si:measurementUncertaintyUnivariate",
    "si:measurementUncertaintyUnivaraite",  # as D-SI 2.2.1 itself spells it in si:realList
    "si:measurementUncertaintyUnivariateXMLList",
    "si:listMeasurementUncertaintyUnivariate",
    "si:listUnivariateUnc",
)
_STANDARD: Final = ("si:standardMU", "si:standardMUXMLList")
_EXPANDED: Final = ("si:expandedUnc", "si:expandedMU", "si:expandedUncXMLList", "si:expandedMUXMLList")
_INTERVAL: Final = ("si:coverageInterval", "si:coverageIntervalMU", "si:coverageIntervalXMLList", "si:coverageIntervalMUXMLList")
_STANDARD_VALUES: Final = ("si:valueStandardMU", "si:standardUnc", "si:valueStandardMUXMLList", "si:standardUncXMLList")
_EXPANDED_VALUES: Final = ("si:uncertainty", "si:valueExpandedMU", "si:uncertaintyXMLList", "si:valueExpandedMUXMLList")


@dataclass(frozen=True, kw_only=True)
class Stated:
    """An uncertainty as stated, in decimal text; what its kind does not have is None.

    Args:
        kind: `standard` has `uncertainty`; `expanded` that with factor and probability, or only those two where it is a region
            about a complex value, whose covariance the point has; `interval` low, high, probability and the standard uncertainty.
    """

    kind: StatedKind
    uncertainty: str | None = None
    coverage_factor: str | None = None
    coverage_probability: str | None = None
    low: str | None = None
    high: str | None = None
    distribution: str | None = None


NOTHING: Final = Stated(kind="none")


@dataclass(frozen=True, kw_only=True)
class Point:
    """One value: decimal text of its real part (or magnitude), and of its imaginary part (or phase) where it is complex.

    `NaN` is written where the file says that there is no value.
    """

    value: str
    imaginary: str | None
    stated: Stated
    covariance: tuple[tuple[str, str], tuple[str, str]] | None = None


@dataclass(frozen=True, kw_only=True)
class Values:
    """The values of one quantity in one unit.

    Args:
        form: `real`, `complex-cartesian` or `complex-polar`.
        label: as stated.
        unit: D-SI text; of a phase `phase_unit`.
        points: in the order of the file.
        line: of the element.
        covariance: of all values of the list together where one is stated, by rows, of complex values two rows each.
    """

    form: Form
    label: str | None
    unit: str
    phase_unit: str | None
    points: tuple[Point, ...]
    line: int
    covariance: tuple[tuple[str, ...], ...] | None = None


@dataclass(frozen=True, kw_only=True)
class _Kind:
    form: Form
    unit: str
    phase_unit: str | None


def values_of(node: Node) -> tuple[Values, ...]:
    """Return what a D-SI element states; of `si:hybrid`, which says the same in several units, one for each of them.

    A list of one goes with all values; any other list is as long as that of the values. A list whose values differ in form or
    unit gives one for each value, each with the covariance of the whole list.

    Raises:
        FormatError: no D-SI element that is known, or lists that do not match: names the lines of both.

    Source: [DSI] section 4.
    """
    if node.name in {"si:hybrid", "si:list"}:
        inner = node.all(*ELEMENTS)
        if not inner:
            raise node.error("states no values; write a D-SI list in it")
        return tuple(values for one in inner for values in values_of(one))
    if node.name == "si:realList":
        return _of_children(node, "si:real")
    if node.name == "si:complexList":
        return _of_children(node, "si:complex")
    if node.name in ELEMENTS:
        return _of_lists(node)
    raise node.error(f"is no D-SI element; known are {', '.join(ELEMENTS[:9])}")


def _of_lists(node: Node) -> tuple[Values, ...]:
    """The values of an element that holds them as text."""
    form, first, second = _parts(node)
    texts = decimals(first)
    lists = Lists(node, first, len(texts))
    others = lists.decimals(second) if second else (None,) * len(texts)
    units = lists.texts("si:unit", "si:unitXMLList")
    polar = form == "complex-polar"
    phases = lists.texts("si:unitPhase", "si:unitPhaseXMLList") if polar else (None,) * len(texts)
    points = [
        Point(value=text, imaginary=other, stated=one)
        for text, other, one in zip(texts, others, _univariate(node, lists), strict=True)
    ]
    if covariances := regions.bivariate(node, lists):
        region = Stated(kind="expanded", **covariances.coverage)
        points = [replace(point, stated=region, covariance=one) for point, one in zip(points, covariances.matrices, strict=True)]
    label = node.maybe("si:label", "si:labelXMLList")
    kinds = tuple(_Kind(form=form, unit=unit, phase_unit=phase) for unit, phase in zip(units, phases, strict=True))
    joint = regions.multivariate(node, len(texts) * (2 if second else 1))
    return _united(node, label, kinds, tuple(points), joint)


def _united(
    node: Node, label: Node | None, kinds: tuple["_Kind", ...], points: tuple[Point, ...], joint: tuple[tuple[str, ...], ...] | None
) -> tuple[Values, ...]:
    """The values together where all have one form and unit, else each alone."""
    found = Values(
        form=kinds[0].form, label=label.words if label else None, unit=kinds[0].unit, phase_unit=kinds[0].phase_unit,
        points=points, line=node.line, covariance=joint,
    )  # fmt: skip
    if len(set(kinds)) == 1:
        return (found,)
    return tuple(
        replace(found, form=kind.form, unit=kind.unit, phase_unit=kind.phase_unit, points=(point,))
        for kind, point in zip(kinds, points, strict=True)
    )


def _parts(node: Node) -> tuple[Form, Node, Node | None]:
    for form, real, imaginary in (
        ("complex-cartesian", "si:valueReal", "si:valueImag"),
        ("complex-polar", "si:valueMagnitude", "si:valuePhase"),
    ):
        first = node.maybe(real, real + "XMLList")
        if first:
            return form, first, node.one(imaginary, imaginary + "XMLList")  # type: ignore[return-value]
    return "real", node.one("si:value", "si:valueXMLList"), None


def _of_children(node: Node, name: str) -> tuple[Values, ...]:
    """The values of a list of elements, each with its own unit and uncertainty or with those of the list."""
    children = node.all(name)
    if not 0 < len(children) <= MAX_VALUES:
        raise node.error(f"a list has 1 to {MAX_VALUES} values, this one has {len(children)}")
    lists = Lists(node, children[0], len(children))
    common, held = _univariate(node, lists), node.maybe("si:listBivariateUnc")
    shared = regions.bivariate(held, lists) if held else None
    points, kinds = [], []
    for index, child in enumerate(children):
        form, first, second = _parts(child)
        unit = child.words_of("si:unit") or node.words_of("si:listUnit")
        if not unit:
            raise child.error("has no unit, and its list states none")
        phase = child.words_of("si:unitPhase") or node.words_of("si:listUnitPhase")
        kinds.append(_Kind(form=form, unit=unit, phase_unit=phase if form == "complex-polar" else None))
        points.append(_point(child, first, second, common[index], shared.of(index) if shared else None))
    joint = regions.multivariate(node, len(children) * (1 if name == "si:real" else 2))
    return _united(node, node.maybe("si:label"), tuple(kinds), tuple(points), joint)


def _point(node: Node, first: Node, second: Node | None, common: Stated, shared: regions.Regions | None) -> Point:
    """One element of a list; `common` and `shared` are what the list states for all."""
    own = Lists(node, first, 1)
    stated, region = _univariate(node, own)[0], regions.bivariate(node, own) or shared
    if region:
        stated = Stated(kind="expanded", **region.coverage)
    return Point(
        value=spread(decimals(first), 1, first, node)[0],
        imaginary=spread(decimals(second), 1, second, node)[0] if second else None,
        stated=common if stated.kind == "none" else stated,
        covariance=region.matrices[0] if region else None,
    )


def _univariate(node: Node, lists: Lists) -> tuple[Stated, ...]:
    """The uncertainty of each value, as stated beside the values or in one of the wrappers of D-SI 2.2."""
    holders = [node, *node.all(*_WRAPPERS)]
    found = [form for holder in holders for form in holder.all(*_STANDARD, *_EXPANDED, *_INTERVAL)]
    if len(found) > 1:
        raise found[1].error(f"a second uncertainty of the same values, beside that in line {found[0].line}; keep one")
    if node.name == "si:constant" and (bare := node.maybe("si:valueStandardMU", "si:uncertainty")):
        return tuple(Stated(kind="standard", uncertainty=text) for text in lists.positive(bare))
    if not found:
        return (NOTHING,) * lists.count
    form, count = found[0], lists.count
    distribution = lists.maybe_texts(form, "si:distribution", "si:distributionXMLList")
    probability: tuple[str | None, ...] = (None,) * count
    if form.name not in _STANDARD:
        probability = lists.positive(form.one("si:coverageProbability", "si:coverageProbabilityXMLList"))
    if form.name in _EXPANDED:
        kind: StatedKind = "expanded"
        sizes = lists.positive(form.one(*_EXPANDED_VALUES))
        factors: tuple[str | None, ...] = lists.positive(form.one("si:coverageFactor", "si:coverageFactorXMLList"))
    else:
        kind, factors = "standard" if form.name in _STANDARD else "interval", (None,) * count
        sizes = lists.positive(form.one(*_STANDARD_VALUES))
    low: tuple[str | None, ...] = (None,) * count
    high = low
    if kind == "interval":
        low = lists.decimals(form.one("si:intervalMin", "si:intervalMinXMLList"))
        high = lists.decimals(form.one("si:intervalMax", "si:intervalMaxXMLList"))
    return tuple(
        Stated(
            kind=kind, uncertainty=sizes[i], coverage_factor=factors[i], coverage_probability=probability[i],
            low=low[i], high=high[i], distribution=distribution[i],
        )
        for i in range(count)
    )  # fmt: skip
