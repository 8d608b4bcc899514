"""Trees grown by LightGBM (extra `risk`), and handed over as plain numbers: nothing that scores needs the library.

The library is not held to the same bits everywhere, as the rest of science is: what is fixed is the document that comes out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.kernels import total_of
from openqi.science.numbers.elementary import log

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK: Final = 100_000
FIXED: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "objective": "binary", "metric": "binary_logloss", "max_bin": 63, "lambda_l2": 1.0, "boost_from_average": False,
        "deterministic": True, "force_row_wise": True, "feature_pre_filter": False, "zero_as_missing": False, "verbosity": -1,
    }
)  # fmt: skip
"""What is not asked; none of it is chance: no rows or columns are sampled."""


@dataclass(frozen=True, kw_only=True)
class Growing:
    """How trees are grown.

    Args:
        rounds: trees at most, 1 to 2000.
        patience: rounds without a better held-out loss after which a fold stops.
        rate: learning rate, in (0, 1].
        leaves: of a tree at most, 2 to 255.
        least_leaf: examined objects in a leaf at least.
        seed: of the library and of the folds.
        threads: cores that are used; the trees are the same.
    """

    rounds: int = 300
    patience: int = 20
    rate: float = 0.1
    leaves: int = 15
    least_leaf: int = 30
    seed: int = 0
    threads: int = 1

    def __post_init__(self) -> None:
        whole = {"rounds": (self.rounds, 2000), "patience": (self.patience, 2000), "threads": (self.threads, 1024)}
        for name, (value, most) in whole.items():
            if not 1 <= value <= most:
                raise DomainError(f"{name} = {value}; between 1 and {most}")
        if not 0.0 < self.rate <= 1.0 or not 2 <= self.leaves <= 255 or self.least_leaf < 1:
            raise DomainError(
                f"rate = {self.rate}, leaves = {self.leaves}, least_leaf = {self.least_leaf}; a rate above 0 and at most 1, 2 to "
                "255 leaves, at least 1 object in each"
            )

    def parameters(self, monotone: Sequence[int]) -> dict[str, Any]:
        """Return the parameters as the library takes them."""
        return {
            **FIXED, "learning_rate": self.rate, "num_leaves": self.leaves, "min_data_in_leaf": self.least_leaf,
            "seed": self.seed, "num_threads": self.threads, "monotone_constraints": list(monotone),
        }  # fmt: skip


def library() -> Any:
    """Return LightGBM.

    Raises:
        RefusedError: it is not installed.
    """
    try:
        import lightgbm
    except ImportError as error:
        raise RefusedError(
            "lightgbm-installed", f"a risk is grown by LightGBM, which is not here ({error}); install it with openqi[risk]"
        ) from error
    return lightgbm


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows as the library has them: once sorted into bins, and then used whole or in part."""

    data: Any
    bad: "NDArray[Any]"
    weight: "NDArray[Any]"


def rows_of(matrix: "NDArray[Any]", bad: "NDArray[Any]", weight: "NDArray[Any]", growing: Growing, monotone: Sequence[int]) -> Rows:
    """Return rows sorted into bins.

    Args:
        matrix: a row an object, a column a feature, NaN where missing.
        bad: 1 or 0.
        weight: positive; the library gets it as a multiple of the mean, so that a leaf's least weight means the same everywhere.
        growing, monotone: as trees will be grown.
    """
    even = weight * (len(weight) / total_of(weight))
    data = library().Dataset(matrix, bad, weight=even, params=growing.parameters(monotone), free_raw_data=True).construct()
    return Rows(data=data, bad=bad, weight=weight)


def base_of(bad: "NDArray[Any]", weight: "NDArray[Any]") -> float:
    """Return the log-odds of the weighted rate: the score before any tree."""
    hits, all_of_them = total_of(bad * weight), total_of(weight)
    return log(hits / (all_of_them - hits))


def grown(
    rows: Rows, growing: Growing, monotone: Sequence[int], *,
    on: "NDArray[Any] | None" = None, judged_by: "NDArray[Any] | None" = None,
) -> tuple[Any, float]:  # fmt: skip
    """Return a booster, and the base that its trees are added to.

    Args:
        rows: of the table.
        growing: how; where rows judge, it stops early by their loss.
        monotone: direction of each feature.
        on, judged_by: places among the rows; without `on`, all.
    """
    import numpy as np

    lightgbm = library()
    places = np.arange(len(rows.bad)) if on is None else on
    base = base_of(rows.bad[places], rows.weight[places])
    data = _part(rows, on, base)
    more: dict[str, Any] = {}
    if judged_by is not None:
        stop = lightgbm.early_stopping(growing.patience, verbose=False)
        more = {"valid_sets": [_part(rows, judged_by, base)], "callbacks": [stop]}
    return lightgbm.train(growing.parameters(monotone), data, growing.rounds, **more), base


def _part(rows: Rows, places: "NDArray[Any] | None", base: float) -> Any:
    import numpy as np

    data = rows.data if places is None else rows.data.subset(places).construct()
    data.set_init_score(np.full(len(rows.bad) if places is None else len(places), base))
    return data


def raw_scores(booster: Any, matrix: "NDArray[Any]", base: float, *, rounds: int | None, threads: int) -> "NDArray[Any]":
    """Return scores as the library adds them up."""
    found: NDArray[Any] = base + booster.predict(matrix, raw_score=True, num_iteration=rounds, num_threads=threads)
    return found


def trees_of(
    booster: Any, matrix: "NDArray[Any]", weight: "NDArray[Any]", *, rounds: int | None = None, threads: int
) -> list[dict[str, Any]]:
    """Return the trees of a model document.

    Args:
        booster: of the library.
        matrix, weight: the visits; their weights are the covers.
        rounds: how many of its trees; None for all.
        threads: cores that are used.
    """
    import numpy as np

    shapes = [one["tree_structure"] for one in booster.dump_model(num_iteration=rounds)["tree_info"]]
    covers: list[Any] = [None] * len(shapes)
    for begin in range(0, len(weight), CHUNK):
        part = matrix[begin : begin + CHUNK]
        leaves = booster.predict(part, pred_leaf=True, num_iteration=rounds, num_threads=threads).reshape(len(part), -1)
        for place, shape in enumerate(shapes):
            count = _leaves(shape)
            own = np.bincount(leaves[:, place].astype(np.int64), weights=weight[begin : begin + CHUNK], minlength=count)
            covers[place] = own if covers[place] is None else covers[place] + own
    return [_tree(shape, cover.tolist()) for shape, cover in zip(shapes, covers, strict=True)]


def _leaves(shape: Mapping[str, Any]) -> int:
    pending, count = [shape], 0
    while pending:
        one = pending.pop()
        if "split_index" in one:
            pending += (one["left_child"], one["right_child"])
        else:
            count += 1
    return count


def _tree(shape: Mapping[str, Any], covers: list[float]) -> dict[str, Any]:
    """A tree in columns: inner nodes by the library's numbers, in which a child comes after its parent; then the leaves."""
    inner: dict[int, Mapping[str, Any]] = {}
    values = [0.0] * len(covers)
    pending = [shape]
    while pending:
        one = pending.pop()
        if "split_index" in one:
            inner[one["split_index"]] = one
            pending += (one["left_child"], one["right_child"])
        else:
            values[one.get("leaf_index", 0)] = float(one["leaf_value"])
    nodes = [inner[place] for place in range(len(inner))]
    left, right = ([_child(one[side]) for one in nodes] for side in ("left_child", "right_child"))
    value, cover = [0.0] * len(nodes) + values, [0.0] * len(nodes) + covers
    for place in range(len(nodes) - 1, -1, -1):
        first, second = (one if one >= 0 else len(nodes) + ~one for one in (left[place], right[place]))
        cover[place] = cover[first] + cover[second]
        value[place] = (cover[first] * value[first] + cover[second] * value[second]) / cover[place]
    return {
        "feature": [int(one["split_feature"]) for one in nodes],
        "threshold": [float(one["threshold"]) for one in nodes],
        "missing_left": [_missing_left(one, cover, len(nodes)) for one in nodes],
        "left": left, "right": right, "value": value, "cover": cover,
    }  # fmt: skip


def _child(one: Mapping[str, Any]) -> int:
    return int(one["split_index"]) if "split_index" in one else ~int(one["leaf_index"])


def _missing_left(node: Mapping[str, Any], cover: Sequence[float], count: int) -> bool:
    """Where missing goes: as the library learned it; where nothing was missing, with most of the others, not where zero goes."""
    if node["missing_type"] == "NaN":
        return bool(node["default_left"])
    first, second = (one if one >= 0 else count + ~one for one in (_child(node["left_child"]), _child(node["right_child"])))
    return cover[first] >= cover[second]
