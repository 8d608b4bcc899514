"""The scripts of the page of a draw come to what the science comes to, and say what differs where something does."""

from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from random import Random

import pytest

from draw_replays import NODE, Case, case, replayed, states
from openqi.kernel.errors import OpenQIError
from openqi.science.draws.frame import Candidate, Exclusion
from openqi.science.draws.plan import Plan, StratumRule
from openqi.science.draws.seed import numbers_value

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed; tests/browser run the same scripts")
DESIGNS = ("equal", "poisson", "pareto", "systematic", "order", "sampford", "conditional-poisson")
ALL_AGREE = dict.fromkeys(("list", "exclusions", "commitment", "values", "seed", "rows", "draw"), "agrees")


def random_case(random: Random, design: str) -> Case:
    """A list with strata, classes, equal and vast sizes, names of many letters, and a plan that fits it; tried until one does."""
    while True:
        count = random.choice((2, 3, 7, 20, 60))
        strata = random.choice((("",), ("城区", "县"), ("north", "south", "z")))
        sizes = random.choice((lambda: 1, lambda: random.randint(1, 9), lambda: int(random.paretovariate(0.7)) % 2**40 + 1))
        alphabet = random.choice(("ab", "厂店号", "🏭é\u00df", "0123456789ABCDEF"))
        names = [
            f"{''.join(random.choice(alphabet) for _ in range(random.randint(1, 40)))} {n}" for n in range(count * len(strata))
        ]
        firms = [
            Candidate(name=name, stratum=strata[n % len(strata)], risk_class="ABCD"[random.randrange(4)], size=sizes())
            for n, name in enumerate(names)
        ]
        random.shuffle(firms)
        out = [
            Exclusion(name=one.name, reason="visited-lately", detail="三天前")
            for one in firms[: -len(strata)]
            if random.random() < 0.1
        ]
        plan = Plan(purpose=f"spot check {random.random()}", rules=tuple(_rule(random, design, one, firms) for one in strata))
        try:
            return case(firms, plan, random.randrange(2**64), exclusions=out)
        except OpenQIError:  # caps and floors that leave no room: another one
            continue


def _rule(random: Random, design: str, stratum: str, firms: list[Candidate]) -> StratumRule:
    if design == "order":
        return StratumRule(design=design, stratum=stratum)
    classes = sorted({one.risk_class for one in firms})
    sized = design != "equal"
    floors = tuple((one, Fraction(1, random.randint(2, 60))) for one in classes if sized and random.random() < 0.4)
    caps = tuple((one, Fraction(random.randint(3, 4), 4)) for one in classes if sized and random.random() < 0.4)
    if random.random() < 0.5:
        return StratumRule(design=design, stratum=stratum, ratio=Fraction(1, random.randint(2, 9)), floors=floors, caps=caps)
    return StratumRule(design=design, stratum=stratum, size=random.randint(1, 8), floors=floors, caps=caps)


@pytest.mark.parametrize("design", DESIGNS)
def test_every_random_draw_comes_out_again_name_for_name_ticket_for_ticket_chance_for_chance(design: str) -> None:
    random = Random(design)
    cases = [random_case(random, design) for _ in range(25)]
    for one, answer in zip(cases, replayed(cases), strict=True):
        assert states(answer) == ALL_AGREE, (answer["steps"][-1], one.given["plan"])
        assert one.draw is not None
        assert [each["name"] for stratum in answer["found"] for each in stratum["drawn"]] == list(one.draw.names())


def small() -> Case:
    firms = [Candidate(name=f"firm {n}", risk_class="ABCD"[n % 4], size=1 + n % 13) for n in range(40)]
    rule = StratumRule(design="pareto", size=8, floors=(("A", Fraction(1, 20)),), caps=(("D", Fraction(3, 5)),))
    left = [Exclusion(name="firm 5", reason="upper-level-covers-it")]
    return case(firms, Plan(purpose="2026-4 spot check of toys", rules=(rule,)), 7, exclusions=left)


def last(one: Case) -> dict[str, object]:
    """The last step of a replay; no step before it differs."""
    steps: list[dict[str, object]] = replayed([one])[0]["steps"]
    assert all(step["state"] != "differs" for step in steps[:-1])
    return steps[-1]


def test_one_byte_of_the_list_and_the_list_differs_and_with_the_public_one_beside_it_the_line_is_told() -> None:
    one = small()
    content = one.files["list"].replace(b"firm 17\t", b"firm 1T\t")
    alone = last(one.with_file("list", content))
    assert (alone["step"], alone["state"], alone["phrase"]) == ("list", "differs", "list-differs")
    beside = last(one.with_file("list", content).with_file("published", one.files["list"]))
    assert (beside["phrase"], beside["filled"]) == (
        "list-line", {"line": 17, "own": "firm 1T ·  · B · 5", "published": "firm 17 ·  · B · 5"}
    )  # fmt: skip


def test_another_order_of_the_lines_is_the_same_list() -> None:
    one = small()
    lines = one.files["list"].splitlines(keepends=True)
    answer = replayed([one.with_file("list", b"".join(reversed(lines)))])[0]
    assert states(answer) == ALL_AGREE
    assert answer["steps"][0]["phrase"] == "list-reordered"


def test_whatever_was_changed_is_what_is_told() -> None:
    one = small()
    rows, lines = one.files["rows"], one.files["list"].splitlines(keepends=True)
    drawn = rows.splitlines(keepends=True)
    assert one.draw is not None
    names, other = one.draw.names(), "firm 0" if "firm 0" not in one.draw.names() else "firm 1"
    swapped = rows.replace(f'"object":"{names[2]}"'.encode(), f'"object":"{other}"'.encode())

    def with_rows(content: bytes) -> Case:
        from openqi.evidence.batching import batch_of_lines

        root = batch_of_lines(content.split(b"\n")[:-1])[0].root.hex()
        return one.with_file("rows", content).with_given(made={**one.given["made"], "root": root})

    plan = one.given["plan"]
    rule = plan["strata"][0]
    value, floors = one.given["values"][0], [{"riskClass": "A", "chance": "1/10"}]
    for changed, phrase in (
        (one.with_file("list", b"".join(lines[:-1])), "list-count"),
        (one.with_file("list", b"".join([*lines[:-1], lines[0]])), "name-twice"),
        (one.with_file("list", b"no list\n"), "line-bad"),
        (one.with_file("exclusions", b"firm 5\tclosed\t\n"), "commitment-differs"),
        (one.with_file("exclusions", b""), "exclusions-differs"),
        (one.with_given(plan={**plan, "purpose": "another"}), "commitment-differs"),
        (one.with_given(plan={**plan, "strata": [{**rule, "size": 9}]}), "commitment-differs"),
        (one.with_given(plan={**plan, "strata": [{**rule, "floors": floors}]}), "commitment-differs"),
        (one.with_given(sources=list(reversed(one.given["sources"]))), "commitment-differs"),
        (one.with_given(version="openqi 0.2"), "commitment-differs"),
        (one.with_given(key="00" * 32), "commitment-differs"),
        (one.with_given(values=[{**value, "signature": "00" * 48}, one.given["values"][1]]), "value-signature"),
        (one.with_given(values=[{**value, "value": "11" * 32, "signature": None}, one.given["values"][1]]), "seed-differs"),
        (one.with_given(made={**one.given["made"], "seed": "22" * 32}), "seed-differs"),
        (replace(one, typed=("", "1 3 9 17 21 31 / 16")), "value-other"),
        (replace(one, typed=("", "lucky")), "value-unread"),
        (replace(one, typed=("", "1 3 9 17 21 + 30 16")), "value-unread"),
        (replace(one, typed=("1 3 9 17 21 30 + 16", "")), "value-unread"),
        (one.with_file("rows", swapped), "rows-differs"),
        (with_rows(swapped), "row-other"),
        (with_rows(b"".join(drawn[:-1])), "row-other"),
        (with_rows(rows.replace(b'"ticket":"', b'"ticket":"0')), "row-ticket"),
        (with_rows(rows.replace(b'"target":"', b'"target":"1')), "row-chance"),
        (with_rows(rows + drawn[0].replace(b'"stratum":""', b'"stratum":"x"')), "row-count"),
    ):  # fmt: skip
        found = last(changed)
        assert (found["state"], found["phrase"]) == ("differs", phrase), found


def test_values_that_somebody_types_are_those_of_the_science_whatever_stands_between_the_numbers() -> None:
    one = small()
    for text in ("1 3 9 17 21 30 + 16", "30, 21, 17, 9, 3, 1/16", "1.3.9.17.21.30./16./", "01、03、09、17、21、30 + 16"):
        answer = replayed([replace(one, typed=(one.given["values"][0]["value"].upper(), text))])[0]
        assert states(answer) == ALL_AGREE
        assert answer["steps"][3]["phrase"] == "values-typed"
    assert numbers_value([30, 21, 17, 9, 3, 1], [16]).hex() == one.given["values"][1]["value"]


def test_before_the_office_draws_anybody_can_with_the_values_that_are_public() -> None:
    one = small()
    waiting = one.with_given(values=[], made=None)
    assert states(replayed([waiting])[0])["values"] == "open"
    typed = replace(waiting, typed=(one.given["values"][0]["value"], "1 3 9 17 21 30 / 16"))
    answer = replayed([typed])[0]
    assert one.draw is not None
    assert [each["name"] for each in answer["found"][0]["drawn"]] == list(one.draw.names())
    assert answer["steps"][-1]["phrase"] == "draw-computed"


def test_a_design_that_takes_too_much_is_left_to_the_command() -> None:
    firms = [Candidate(name=f"firm {n}", size=1 + n % 13) for n in range(300)]
    plan = Plan(purpose="spot check", rules=(StratumRule(design="sampford", size=60),))
    found = last(case(firms, plan, 7))
    assert (found["state"], found["phrase"]) == ("open", "too-heavy")


def test_no_changed_byte_of_a_file_goes_unseen_and_none_makes_the_replay_fail() -> None:
    one, random = small(), Random(11)
    cases = []
    for name, content in one.files.items():
        for _ in range(60):
            place, byte = random.randrange(len(content)), bytes([random.randrange(256)])
            cut, put = random.choice(((1, byte), (0, byte), (1, b"")))
            changed = content[:place] + put + content[place + cut :]
            cases.append((name, changed, one.with_file(name, changed)))
    for (name, changed, case_), answer in zip(cases, replayed([each for _, _, each in cases]), strict=True):
        # A line end after the last line, or none there, is no line.
        same = changed.rstrip(b"\n") == one.files[name].rstrip(b"\n") and b"\n\n" not in changed
        found = answer["steps"][-1]["state"]
        assert found == ("agrees" if same else "differs"), (name, case_.files[name], answer["steps"][-1])


def test_unannounced_visits_are_replayed_with_their_proof_and_a_proof_that_does_not_hold_is_told() -> None:
    firms = [Candidate(name=f"firm {n}", size=1 + n % 13) for n in range(20)]
    plan = Plan(purpose="unannounced", rules=(StratumRule(design="pareto", size=4),))
    cases = [case(firms, plan, number, secret=sha256(b"%d" % number).digest()) for number in range(6)]
    assert [states(answer) for answer in replayed(cases)] == [ALL_AGREE] * 6
    one, other, random = cases[0], cases[1], Random(3)
    made = one.given["made"]
    assert last(one.with_given(made={**made, "proof": other.given["made"]["proof"]}))["phrase"] == "proof-fails"
    assert last(one.with_given(made={**made, "seed": "22" * 32}))["phrase"] == "seed-differs"
    assert last(one.with_given(made={**made, "proof": None}))["phrase"] == "seed-hidden"
    proof = bytes.fromhex(made["proof"])
    changed = []
    for _ in range(12):
        place = random.randrange(80)
        flipped = proof[:place] + bytes([proof[place] ^ 1 << random.randrange(8)]) + proof[place + 1 :]
        changed.append(one.with_given(made={**made, "proof": flipped.hex()}))
    changed += [one.with_given(made={**made, "proof": text}) for text in ("", proof[:79].hex(), (proof + b"x").hex())]
    assert {answer["steps"][-1]["phrase"] for answer in replayed(changed)} <= {"proof-fails", "seed-hidden"}
