"""Who could turn a draw to his liking: the ways that were found, each closed."""

from fractions import Fraction
from hashlib import sha256
from itertools import permutations

import pytest

from draws_world import FIRMS, draw, frame, seed
from openqi.kernel.errors import DomainError, RefusedError, VerificationError
from openqi.science.draws.assignment.assigned import assigned
from openqi.science.draws.assignment.people import Officer, Permit, Rules, Visit
from openqi.science.draws.commitment import commitment_to, committed, exclusion_bytes
from openqi.science.draws.drawing import drawn, planned
from openqi.science.draws.frame import Candidate, Exclusion, checked_frame, frame_of
from openqi.science.draws.hashing import alike
from openqi.science.draws.hashing.names import names_from, names_of
from openqi.science.draws.plan import Plan, StratumRule, plan_bytes
from openqi.science.draws.seed import NamedSource, source_bytes
from openqi.science.draws.vrf.ecvrf import prove, public_key, verify
from openqi.science.draws.vrf.edwards import NEUTRAL, ORDER, P, added, decoded, encoded, same, times
from openqi.science.draws.vrf.hidden import hidden_seed, shown_seed

ONE = NamedSource(source="drand quicknet", event="1")
TWO = NamedSource(source="drand quicknet", event="2")
PLAN = Plan(purpose="p", rules=(StratumRule(design="pareto", size=2),))


def test_a_commitment_fixes_the_randomness_its_order_the_key_the_version_and_who_was_left_out():
    under = committed(frame())
    out = committed(frame_of([*FIRMS, Candidate(name="firm 7")], [Exclusion(name="firm 7", reason="closed")]))
    assert out.root == under.root
    found = [commitment_to(under, PLAN, named, version="1") for named in ((ONE,), (TWO,), (ONE, TWO), (TWO, ONE))]
    found += [commitment_to(under, PLAN, (ONE,), version="2"), commitment_to(under, PLAN, (ONE,), version="1", key=bytes(32))]
    found += [commitment_to(out, PLAN, (ONE,), version="1")]
    assert len(set(found)) == len(found)
    for named, version in (((), "1"), ((ONE, ONE), "1"), ((ONE,), "")):
        with pytest.raises(DomainError):
            commitment_to(under, PLAN, named, version=version)


def test_no_two_lists_of_sources_or_exclusions_are_written_alike():
    pieces = ("", "a", "b", "ab", "a\nb")
    sources = {source_bytes((NamedSource(source=one, event=two),)) for one in pieces for two in pieces}
    assert len(sources) == len(pieces) ** 2
    left = {exclusion_bytes((Exclusion(name=a, reason=b, detail=c),)) for a, b, c in permutations(pieces, 3)}
    assert len(left) == 60


@pytest.mark.parametrize("bounds", ["floors", "caps"])
def test_a_class_with_two_bounds_is_refused_because_one_commitment_would_hold_two_draws(bounds):
    twice = (("", Fraction(1, 9)), ("", Fraction(1, 2)))
    for order in (twice, twice[::-1]):
        plan = Plan(purpose="p", rules=(StratumRule(design="pareto", size=2, **{bounds: order}),))
        for call in (plan_bytes, lambda found: planned(frame(), found), lambda found: drawn(frame(), found, seed(1))):
            with pytest.raises(DomainError, match="more than one"):
                call(plan)


@pytest.mark.parametrize("size", [2.0, True, Fraction(5, 2)])
def test_a_size_of_a_plan_is_a_whole_number(size):
    with pytest.raises(DomainError, match="whole number"):
        draw("equal", size=size)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("91110000ABC", "91110000abc"),
        ("91110000ABC", "９１１１００００ＡＢＣ"),
        ("firm 1", "firm  1"),
        ("firm 1", "firm\u00a01"),
        ("甲\u3000乙", "甲 乙"),
        ("caf\u00e9", "cafe\u0301"),
        ("STRASSE", "straße"),
        ("ﬁrm", "firm"),
    ],
)
def test_one_firm_under_two_spellings_is_refused(one, other):
    with pytest.raises(RefusedError, match="read as one object") as refused:
        frame_of([Candidate(name=one), Candidate(name="another"), Candidate(name=other)])
    assert refused.value.rule == "objects-once"
    columns = names_of([one, other])
    ones = columns.offsets[:2] * 0 + 1
    with pytest.raises(RefusedError):  # as an Arrow column is read too
        checked_frame(
            names_from(columns.text[:-8].tobytes(), columns.offsets),
            strata=("",), stratum=ones - 1, classes=("",), risk_class=ones - 1, size=ones,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["firm 1 ", " firm 1", "firm\u200b1", "firm\u202e1", "firm\t1", "firm\r", "甲\u200d", "\u3000甲"])
def test_a_name_with_what_cannot_be_seen_is_refused(name):
    with pytest.raises(DomainError, match=r"cannot be seen|begins or ends"):
        frame_of([Candidate(name="firm 1"), Candidate(name=name)])


def test_names_that_differ_for_a_reader_stay_different():
    names = ["市（东）店", "市(西)店", "Firm A", "Firm B", "firm-A", "firm_a", "甲", "乙", "91110000ABC", "91110000ABD", "ａ", "b"]
    assert len(frame_of([Candidate(name=name) for name in names])) == len(names)
    assert alike.folded_names(names_of(["91110000ABC", "91110000ABD"])) is None  # codes cost nothing


def test_an_officer_under_two_spellings_does_not_go_twice():
    def officer(name):
        return Officer(name=name, certificates=((0, 9),), permits=(Permit(item="toys", first_day=0, last_day=9),), most=3)

    visits = [Visit(name="firm 1", day=5, items=("toys",))]
    with pytest.raises(RefusedError, match="stands there twice"):
        assigned(visits, [officer("LI 01"), officer("Li 01")], (), Rules(), seed=seed(1), purpose="p")
    with pytest.raises(RefusedError, match="stands there twice"):
        assigned(
            [*visits, Visit(name="firm  1", day=5, items=("toys",))], [officer("LI 01")], (), Rules(), seed=seed(1), purpose="p"
        )


SECRET = sha256(b"held").digest()


def test_a_hidden_seed_is_another_for_every_key_seed_and_purpose_and_its_proof_holds_for_no_other():
    found, proof = hidden_seed(SECRET, seed(1), "p")
    assert shown_seed(public_key(SECRET), seed(1), "p", proof) == found
    others = [hidden_seed(SECRET, seed(2), "p"), hidden_seed(SECRET, seed(1), "q"), hidden_seed(bytes(32), seed(1), "p")]
    assert len({found, *(one for one, _ in others)}) == 4
    for _, other in others:
        with pytest.raises(VerificationError):
            shown_seed(public_key(SECRET), seed(1), "p", other)
    with pytest.raises(VerificationError):  # a proof of the same key for any other input
        shown_seed(public_key(SECRET), seed(1), "p", prove(SECRET, b"2026-4, day 120"))
    for bad, purpose in ((b"short", "p"), (seed(1), "")):
        with pytest.raises(DomainError):
            hidden_seed(SECRET, bad, purpose)


def small_order_points():
    """All eight points of small order: multiples of a point of order 8, which is left of any point when its large part is gone."""
    points = (decoded(y.to_bytes(32, "little")) for y in range(2, 999))
    eighth = next(found for point in points if point and not same(times(4, found := times(ORDER, point)), NEUTRAL))
    return [times(number, eighth) for number in range(8)]


def test_keys_and_gammas_of_small_order_or_not_in_their_one_encoding_are_refused():
    points = small_order_points()
    assert len({encoded(point) for point in points}) == 8
    _, proof = hidden_seed(SECRET, seed(1), "p")
    for point in points:
        with pytest.raises(VerificationError, match="large order"):
            shown_seed(encoded(point), seed(1), "p", proof)
        with pytest.raises(VerificationError):  # a gamma that is this point
            shown_seed(public_key(SECRET), seed(1), "p", encoded(point) + proof[32:])
    gamma = decoded(proof[:32])
    for point in points[1:]:  # a gamma moved by a point of small order has the same value: it must not verify
        with pytest.raises(VerificationError):
            shown_seed(public_key(SECRET), seed(1), "p", encoded(added(gamma, point)) + proof[32:])
    for y in (P, P + 1, 2**255 - 1):  # the same points again, above the field
        assert decoded(y.to_bytes(32, "little")) is None
    for sign in (1, P - 1):  # x = 0 with the sign of a negative one
        assert decoded((sign | 1 << 255).to_bytes(32, "little")) is None
    for bad in (ORDER, ORDER + 1, 2**256 - 1):
        with pytest.raises(VerificationError):
            shown_seed(public_key(SECRET), seed(1), "p", proof[:48] + bad.to_bytes(32, "little"))


@pytest.mark.parametrize("rule", [{"ratio": 0.02}, {"size": 2, "floors": (("", 0.1),)}, {"size": 2, "caps": (("", 0.5),)}])
def test_a_ratio_that_was_rounded_already_is_refused(rule):
    assert -(-Fraction(0.02) * 100 // 1) == 3  # which is why
    with pytest.raises(DomainError, match="Fraction"):
        draw("pareto", **rule)


def test_a_purpose_of_two_lines_is_refused_because_officers_are_ranked_under_one():
    plan = Plan(purpose="p\nvisits", rules=PLAN.rules)
    with pytest.raises(DomainError, match="one line"):
        drawn(frame(), plan, seed(1))


def test_a_name_that_no_utf_8_writes_is_not_on_the_list():
    with pytest.raises(DomainError, match="not on the list"):
        frame().place_of("\ud800")


RFC9381_B3 = {
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"): (
        "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92a465"
        "301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02"
        "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb"
        "5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031"
    ),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82"): (
        "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf8096bb474e53895c362d8628ee9f9ea3c0"
        "e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e"
        "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c45"
        "2118fec1219202a0edcf038bb6373241578be7217ba85a2687f7a0310b2df19f"
    ),
}
"""Examples 17 and 18 of RFC 9381: key and input; proof and value."""


@pytest.mark.parametrize("case", RFC9381_B3)
def test_the_other_examples_of_rfc_9381_come_out(case):
    secret, alpha = map(bytes.fromhex, case)
    proof = prove(secret, alpha)
    assert proof.hex() + verify(public_key(secret), alpha, proof).hex() == RFC9381_B3[case]
