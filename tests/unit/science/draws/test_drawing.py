"""A whole draw: strata, plans, answers to those who ask, and what is refused."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from draws_world import FIRMS, draw, frame, seed
from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.designs import pareto_chances
from openqi.science.draws.drawing import answer, drawn, planned
from openqi.science.draws.frame import Candidate, Exclusion, frame_of
from openqi.science.draws.plan import Plan, StratumRule, allocation, class_rules, expected_of, plan_bytes
from openqi.science.draws.steps import step_rule
from openqi.science.draws.tickets import WHOLE, ticket

CLASSES = [
    Candidate(name=f"{risk} {number}", stratum=risk, risk_class=risk, size=1 + number % 7)
    for risk, count in (("A", 100), ("B", 40), ("C", 10), ("D", 3))
    for number in range(count)
]
BAYANNUR = {"A": Fraction(2, 100), "B": Fraction(5, 100), "C": Fraction(1), "D": Fraction(1)}
"""Class ratios in use: 2 %, 5 %, 100 %, 100 %."""


def test_class_ratios_draw_what_they_say_stratum_by_stratum():
    plan = Plan(purpose="2026-4", rules=tuple(class_rules("equal", BAYANNUR)))
    found = drawn(frame_of(CLASSES), plan, seed(1))
    assert [len(found.names(risk)) for risk in "ABCD"] == [2, 2, 10, 3]
    assert {name[0] for name in found.names("B")} == {"B"}
    told = answer(found, found.names("A")[0])
    assert (told.target, told.why, told.chance.error, told.drawn) == (Fraction(2, 100), "equal", 0.0, True)
    assert answer(found, "D 1").why == "certain"


@given(number=st.integers(0, 2**256 - 1), name=st.sampled_from(["equal", "poisson", "pareto"]), extra=st.integers(1, 50))
@settings(max_examples=25)
def test_one_more_firm_moves_no_other_ticket(number, name, extra):
    before = draw(name, number, size=3)
    after = draw(name, number, of=frame(*FIRMS, Candidate(name="newcomer", size=extra)), size=3)
    for one in FIRMS:
        assert answer(before, one.name).ticket == answer(after, one.name).ticket
    if name == "equal":
        assert set(after.names()) <= {*before.names(), "newcomer"}


def test_purposes_and_seeds_draw_apart():
    found = {draw("order", number).names() for number in range(20)}
    assert len(found) > 15
    other = Plan(purpose="spot check 2", rules=(StratumRule(design="order"),))
    assert drawn(frame(), other, seed(0)).names() != draw("order", 0).names()


def test_an_order_is_of_everybody():
    found = draw("order", 3)
    assert sorted(found.names()) == [one.name for one in FIRMS]
    assert list(found.names()) == sorted(found.names(), key=lambda name: ticket(seed(3), "spot check 1", name))


@pytest.mark.parametrize("design", ["poisson", "pareto", "sampford", "conditional-poisson", "systematic"])
def test_nobody_is_unreachable_whatever_the_size(design):
    sizes = [1, 1, 1, 5, 50, 500, 10_000]
    tiny = frame(*(Candidate(name=f"f{place}", size=size) for place, size in enumerate(sizes)))
    found = draw(design, 1, of=tiny, size=3)
    chances = [answer(found, f"f{place}").chance.value for place in range(7)]
    assert min(chances) > 0
    assert step_rule(299, 100).unreachable == 99, "as it would be by the rule of steps"


def test_an_answer_says_why_and_can_be_computed_again():
    rule = {"size": 2, "floors": (("A", Fraction(1, 4)),), "caps": (("B", Fraction(1, 3)),)}
    mixed = frame(*(Candidate(name=f"firm {place}", size=3**place, risk_class="AB"[place % 2]) for place in range(6)))
    found = draw("pareto", 7, of=mixed, **rule)
    told = {place: answer(found, f"firm {place}") for place in range(6)}
    assert {told[place].why for place in range(6)} == {"floor", "size", "cap"}
    assert sum(one.target for one in told.values()) == 2
    for one in told.values():
        u = Fraction(int(one.ticket, 16), WHOLE)
        rank = u / (1 - u) / (one.target / (1 - one.target))
        assert one.statistic == {"ticket": u, "rank": rank}
        assert one.drawn == (rank <= one.facts["last drawn"])
        assert one.drawn == (rank < one.facts["first not drawn"])
        assert (one.objects, one.expected, one.floor if one.risk_class == "A" else one.cap) == (
            6,
            2,
            Fraction(1, 4) if one.risk_class == "A" else Fraction(1, 3),
        )


def test_answers_of_equal_and_poisson_draws_hold():
    equal, poisson = draw("equal", 5), draw("poisson", 5)
    for one in FIRMS:
        told = answer(equal, one.name)
        assert told.drawn == (told.statistic["ticket"] <= told.facts["last drawn"])
        other = answer(poisson, one.name)
        assert other.drawn == (other.statistic["ticket"] < other.target)


def test_the_excluded_are_told_why_they_could_not_be_drawn():
    left = frame_of(FIRMS, [Exclusion(name="firm 1", reason="upper-level-covers-it")])
    with pytest.raises(DomainError, match="upper-level-covers-it"):
        answer(draw("equal", of=left, size=2), "firm 1")


def test_an_object_without_a_chance_is_named():
    with pytest.raises(RefusedError, match="firm z: 1 objects have the size 0"):
        planned(frame(*FIRMS, Candidate(name="firm z", size=0)), Plan(purpose="p", rules=(StratumRule(design="pareto", size=2),)))
    parts = [*FIRMS, Candidate(name="other", stratum="s"), Candidate(name="firm z", stratum="s", size=0)]
    rules = (StratumRule(design="equal", size=2), StratumRule(stratum="s", design="poisson", size=1))
    with pytest.raises(RefusedError, match="firm z"):
        planned(frame(*parts), Plan(purpose="p", rules=rules))


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"design": "equal"}, "size or a ratio"),
        ({"design": "equal", "size": 2, "ratio": Fraction(1, 2)}, "size or a ratio"),
        ({"design": "equal", "ratio": Fraction(3, 2)}, "100 %"),
        ({"design": "equal", "ratio": Fraction(0)}, "100 %"),
        ({"design": "equal", "size": 8}, "8 of 7"),
        ({"design": "equal", "size": 0}, "0 of 7"),
        ({"design": "equal", "size": 1, "floors": (("A", Fraction(1, 2)),)}, "floors and caps"),
        ({"design": "order", "size": 1}, "leave size"),
        ({"design": "pareto", "size": 2, "caps": (("Z", Fraction(1, 2)),)}, "'Z'"),
        ({"design": "lottery", "size": 2}, "no design"),
        ({"design": "equal", "size": 2, "stratum": "elsewhere"}, "elsewhere"),
    ],
)
def test_plans_that_cannot_be_drawn_are_refused(rule, error):
    with pytest.raises((DomainError, RefusedError), match=error):
        planned(frame(), Plan(purpose="p", rules=(StratumRule(**rule),)))


def test_a_stratum_has_one_rule():
    one = StratumRule(design="equal", size=1)
    with pytest.raises(RefusedError, match="2 rules"):
        planned(frame(), Plan(purpose="p", rules=(one, one)))
    with pytest.raises(DomainError, match="two rules"):
        plan_bytes(Plan(purpose="p", rules=(one, one)))
    with pytest.raises(RefusedError, match="0 rules"):
        planned(frame(*FIRMS, Candidate(name="x", stratum="s")), Plan(purpose="p", rules=(one,)))


def test_a_ratio_is_rounded_up_where_a_number_is_drawn():
    assert expected_of(StratumRule(design="equal", ratio=Fraction(1, 3)), 7) == 3
    assert expected_of(StratumRule(design="poisson", ratio=Fraction(1, 3)), 7) == Fraction(7, 3)


def test_the_bytes_of_a_plan_are_those_of_its_rules_in_any_order():
    rules = [
        StratumRule(stratum="b", design="equal", ratio=Fraction(1, 20)),
        StratumRule(
            stratum="a",
            design="pareto",
            size=3,
            floors=(("B", Fraction(1, 9)), ("A", Fraction(1, 50))),
            caps=(("A", Fraction(1, 2)),),
        ),
    ]
    text = plan_bytes(Plan(purpose="p", rules=tuple(rules)))
    assert text == plan_bytes(Plan(purpose="p", rules=tuple(reversed(rules))))
    assert text.decode().splitlines()[1:] == [
        "purpose p", "stratum a", "design pareto", "size 3", "floor 1/50 A", "floor 1/9 B", "cap 1/2 A",
        "stratum b", "design equal", "ratio 1/20",
    ]  # fmt: skip
    for bad in ("", "two\nlines"):
        with pytest.raises(DomainError):
            plan_bytes(Plan(purpose=bad, rules=tuple(rules)))


@given(
    counts=st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(1, 1000), min_size=1, max_size=6),
    part=st.floats(0, 1),
    at_least=st.integers(1, 2),
)
def test_an_allocation_adds_up_and_is_in_proportion(counts, part, at_least):
    everything, least = sum(counts.values()), at_least * len(counts)
    if least > everything or min(counts.values()) < at_least:
        return
    total = least + int(part * (everything - least))
    found = allocation(total, counts, at_least=at_least)
    assert sum(found.values()) == total
    for name, count in counts.items():
        assert at_least <= found[name] <= count


def test_an_allocation_gives_whole_shares_and_the_greatest_remainders():
    assert allocation(10, {"a": 50, "b": 30, "c": 20}) == {"a": 5, "b": 3, "c": 2}
    assert allocation(11, {"a": 50, "b": 30, "c": 20}) == {"a": 6, "b": 3, "c": 2}
    assert allocation(3, {"a": 98, "b": 1, "c": 1}) == {"a": 1, "b": 1, "c": 1}
    for total, counts in ((1, {"a": 5, "b": 5}), (11, {"a": 5, "b": 5}), (3, {"a": 5, "b": 0})):
        with pytest.raises(RefusedError):
            allocation(total, counts)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 60), min_size=1), st.floats(0, 1))
def test_an_allocation_is_that_of_greatest_remainders_wherever_all_have_their_least(counts, part):
    total = round(part * sum(counts.values()))
    shares = {name: Fraction(count * total, sum(counts.values())) for name, count in counts.items()}
    if min(shares.values()) < 1:
        return
    plain = {name: int(share) for name, share in shares.items()}
    for name in sorted(counts, key=lambda name: (plain[name] - shares[name], name))[: total - sum(plain.values())]:
        plain[name] += 1
    assert allocation(total, counts) == plain


def test_an_allocation_does_not_give_the_small_more_than_their_share():
    counts = {"a": 18, "b": 32, "c": 10, "d": 37, "e": 25, "f": 3}
    assert allocation(56, counts) == {"a": 8, "b": 14, "c": 5, "d": 17, "e": 11, "f": 1}


@pytest.mark.parametrize("name", ["equal", "poisson", "pareto", "sampford", "conditional-poisson", "systematic", "order"])
@pytest.mark.parametrize("work", [pareto_chances.WORK, 0])
def test_no_order_of_the_list_moves_a_digit_of_what_an_object_is_told(name, work, monkeypatch):
    monkeypatch.setattr(pareto_chances, "WORK", work)  # integrated, or the target with its bound
    firms = [Candidate(name=f"firm {number}", size=1 + number**3 % 977) for number in range(60)]
    rule = {} if name == "order" else {"size": 12}
    one = draw(name, 3, of=frame(*firms), **rule)
    other = draw(name, 3, of=frame(*firms[::-1]), **rule)
    assert one.names() == other.names()
    for firm in firms:
        assert answer(one, firm.name) == answer(other, firm.name)
