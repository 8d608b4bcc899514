"""A draw from parts is the draw from the whole, whatever the design, and refuses what the whole refuses."""

from fractions import Fraction

import pyarrow as pa
import pytest
from pyarrow import parquet

from draws_world import seed
from openqi.engines.draws import drawn as module
from openqi.engines.draws.drawn import Asked, drawn_in_parts, parts_of
from openqi.engines.draws.reading import Naming
from openqi.engines.engine import engine_named
from openqi.kernel.errors import FormatError, RefusedError
from openqi.science.draws import parts as science
from openqi.science.draws.designs.design import designs
from openqi.science.draws.drawing import drawn
from openqi.science.draws.frame import Candidate, Exclusion, frame_of
from openqi.science.draws.listing import frame_of_listing, listing_bytes
from openqi.science.draws.plan import Plan, StratumRule
from openqi.science.draws.told import drawn_objects

FIRMS = [
    Candidate(
        name=f"厂 {n}" if n % 7 else f"FIRM {n}", stratum=("南海", "顺德")[n % 5 == 0], risk_class="ABC"[n % 3], size=1 + n * n % 97
    )
    for n in range(240)
]
OUT = (Exclusion(name="厂 3", reason="closed"), Exclusion(name="厂 8", reason="visited-lately"))


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(module, "PART_ROWS", 20)


def files(folder, firms=FIRMS, *, at=(100, 101)):
    """Three files, the second of one row, in row groups of nine."""
    found = []
    for number, (begin, end) in enumerate(zip((0, *at), (*at, len(firms)), strict=True)):
        some = firms[begin:end]
        table = pa.table(
            {
                "name": [one.name for one in some],
                "stratum": pa.array([one.stratum for one in some]).dictionary_encode(),
                "class": [one.risk_class for one in some],
                "size": pa.array([one.size for one in some], pa.int32()),
            }
        )
        parquet.write_table(table, folder / f"{number}.parquet", row_group_size=9)
        found.append(str(folder / f"{number}.parquet"))
    return found


def in_parts(paths, plan, number=1, exclusions=OUT, workers=2):
    asked = Asked(naming=Naming(), plan=plan, seed=seed(number), exclusions=exclusions)
    return drawn_in_parts(paths, asked, engine_named("local"), workers=workers)


def two(*rules):
    return Plan(purpose="p", rules=rules)


def plan_of(name, size=7, **more):
    rule = {} if name == "order" else {"size": size}
    bounds = {"floors": (("A", Fraction(1, 50)),), "caps": (("C", Fraction(1, 2)),)} if designs()[name].sized else {}
    return Plan(
        purpose="spot check",
        rules=tuple(StratumRule(stratum=one, design=name, **rule, **bounds, **more) for one in ("南海", "顺德")),
    )


@pytest.mark.parametrize("name", designs())
def test_every_design_draws_from_parts_what_it_draws_from_the_whole(tmp_path, name):
    paths, plan = files(tmp_path), plan_of(name)
    assert len(parts_of(paths)) > 8
    for number in range(5):
        whole = drawn_objects(drawn(frame_of(FIRMS, OUT), plan, seed(number)))
        assert in_parts(paths, plan, number) == whole


def test_certain_objects_and_all_of_them_are_drawn_from_parts_too(tmp_path):
    paths = files(tmp_path)
    plans = [
        two(StratumRule(stratum="南海", design="pareto", size=190), StratumRule(stratum="顺德", design="equal", size=48)),
        two(StratumRule(stratum="南海", design="pareto", size=120), StratumRule(stratum="顺德", design="equal", size=47)),
        two(StratumRule(stratum="南海", design="poisson", ratio=Fraction(1)), StratumRule(stratum="顺德", design="pareto", size=1)),
    ]
    for plan in plans:
        assert in_parts(paths, plan) == drawn_objects(drawn(frame_of(FIRMS, OUT), plan, seed(1)))


@pytest.mark.parametrize("name", ["equal", "pareto"])
def test_where_too_few_were_looked_at_it_looks_further(tmp_path, name, monkeypatch):
    paths, plan = files(tmp_path), plan_of(name)
    reached = []

    def short(design, targets, further):
        reached.append(further)
        return 0 if design == "equal" and further < 4 else real(design, targets, further) * (1e-4 if further < 4 else 1)

    real = science._reach
    monkeypatch.setattr(science, "_reach", short)
    assert in_parts(paths, plan) == drawn_objects(drawn(frame_of(FIRMS, OUT), plan, seed(1)))
    assert max(reached) >= 4


def test_who_stands_on_the_line_but_for_a_rounding_is_looked_at_again(tmp_path, monkeypatch):
    """Floats hand over a little too much: whoever is first not drawn beyond the line proves nothing of those who stay away."""
    paths, plan = files(tmp_path), plan_of("pareto")
    whole = drawn(frame_of(FIRMS, OUT), plan, seed(1))
    limits = {one.planned.targets.expected: one.selection.facts["first not drawn"] for one in whole.strata}
    reached = []

    def just_below(design, targets, further):
        reached.append(further)
        least = min(limits.values())
        return float(least) * (1 - 1e-13) if further == 1 else real(design, targets, further)

    real = science._reach
    monkeypatch.setattr(science, "_reach", just_below)
    one = Plan(purpose=plan.purpose, rules=tuple(rule for rule in plan.rules))
    assert in_parts(paths, one) == drawn_objects(whole)
    assert max(reached) == 2


BAD = {
    "a name in two parts": ([*FIRMS, FIRMS[2]], "read as one object"),
    "other letters in another part": ([*FIRMS, Candidate(name="firm 0", stratum="南海", risk_class="A")], "'FIRM 0' and 'firm 0'"),
    "other width in another part": ([*FIRMS, Candidate(name="ＦＩＲＭ 0", stratum="南海", risk_class="A")], "read as one object"),
    "a class in other letters": ([*FIRMS, Candidate(name="f", stratum="南海", risk_class="a")], "read as one class"),
    "a stratum without a rule": ([*FIRMS, Candidate(name="f", stratum="三水", risk_class="A")], "0 rules for the stratum '三水'"),
    "a chance of zero": ([*FIRMS, Candidate(name="f", stratum="南海", risk_class="B", size=0)], "could never be drawn"),
    "only one stratum": ([one for one in FIRMS if one.stratum == "南海"], "nobody on the list is in it"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_the_whole_refuses_is_refused_in_parts(tmp_path, what):
    firms, told = BAD[what]
    plan = plan_of("pareto")
    with pytest.raises(RefusedError, match=told):
        in_parts(files(tmp_path, firms), plan, exclusions=())
    with pytest.raises(RefusedError):
        drawn(frame_of_listing(listing_bytes(frame_of(firms))), plan, seed(1))


def test_who_is_excluded_stands_on_some_part_and_files_are_parquet(tmp_path):
    paths = files(tmp_path)
    with pytest.raises(RefusedError, match="not on the list"):
        in_parts(paths, plan_of("equal"), exclusions=(Exclusion(name="厂 999", reason="closed"),))
    everybody = tuple(Exclusion(name=one.name, reason="closed") for one in FIRMS)
    with pytest.raises(RefusedError, match="nobody is on the list"):
        in_parts(paths, plan_of("equal"), exclusions=everybody)
    (tmp_path / "none.parquet").write_bytes(b"PAR1")
    with pytest.raises(FormatError, match="not a Parquet file"):
        in_parts([*paths, str(tmp_path / "none.parquet")], plan_of("equal"))
