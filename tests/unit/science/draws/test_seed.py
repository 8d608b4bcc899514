"""A seed is what its definition says, in any other language too, and takes nothing that was not named."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed, numbers_value

COMMITMENT = sha256(b"list and rules").digest()
DRAND = NamedSource(source="drand quicknet", event="657413")
LOTTERY = NamedSource(source="福彩双色球", event="2026135")
BEACON = PublicValue(source="drand quicknet", event="657413", value=sha256(b"signature").digest())
NUMBERS = PublicValue(source="福彩双色球", event="2026135", value=numbers_value([21, 3, 17, 9, 30, 1], [16]))


def test_numbers_of_a_lottery_are_written_as_rfc_3797_writes_them():
    assert NUMBERS.value == b"1.3.9.17.21.30./16./"
    assert numbers_value([21, 3], ordered=True) == b"21.3./"


def test_the_seed_is_the_hash_of_lengths_and_texts_in_the_order_of_naming():
    def part(data):
        return len(data).to_bytes(4, "big") + data

    written = b"openqi draw seed 1\n" + COMMITMENT + b"\x00\x00\x00\x02"
    for value in (NUMBERS, BEACON):
        written += part(value.source.encode()) + part(value.event.encode()) + part(value.value)
    assert mixed_seed(COMMITMENT, (LOTTERY, DRAND), (BEACON, NUMBERS)) == sha256(written).digest()
    assert mixed_seed(COMMITMENT, (DRAND, LOTTERY), (BEACON, NUMBERS)) != sha256(written).digest()


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3), st.binary(min_size=16, max_size=18)), min_size=1, max_size=3))
def test_any_other_word_in_any_place_gives_another_seed(parts):
    named = [NamedSource(source=source, event=f"{place}{event}") for place, (source, event, _) in enumerate(parts)]
    values = [PublicValue(source=one.source, event=one.event, value=value) for one, (_, _, value) in zip(named, parts, strict=True)]
    found = mixed_seed(COMMITMENT, named, values)
    assert found != mixed_seed(sha256(b"other").digest(), named, values)
    moved = [PublicValue(source=one.source, event=one.event, value=one.value + b"\0") for one in values]
    assert found != mixed_seed(COMMITMENT, named, moved)


@pytest.mark.parametrize(
    ("named", "values", "rule"),
    [
        ((DRAND, LOTTERY), (BEACON,), "all-randomness-present"),
        ((DRAND,), (BEACON, NUMBERS), "only-named-randomness"),
        ((DRAND,), (BEACON, BEACON), "one-value-a-source"),
        ((LOTTERY,), (PublicValue(source="福彩双色球", event="2026135", value=b"7./"),), "enough-randomness"),
    ],
)
def test_values_that_were_not_named_or_are_missing_are_refused(named, values, rule):
    with pytest.raises(RefusedError) as refused:
        mixed_seed(COMMITMENT, named, values)
    assert refused.value.rule == rule


@pytest.mark.parametrize("named", [(), (DRAND, DRAND)])
def test_sources_are_named_once(named):
    with pytest.raises(DomainError):
        mixed_seed(COMMITMENT, named, (BEACON,))
    with pytest.raises(DomainError):
        mixed_seed(b"short", (DRAND,), (BEACON,))
    for groups in ((), ([],), ([-1],)):
        with pytest.raises(DomainError):
            numbers_value(*groups)
