"""Draws of others come out as they published them."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from openqi.kernel.errors import DomainError, FormatError, VerificationError
from openqi.science.draws.foreign import rfc3797
from openqi.science.draws.foreign.drand import NETWORKS, NOT_CHECKED, SIZES, Beacon, randomness_of
from openqi.science.draws.foreign.samplers import audit_draws, consistent_order, consistent_ticket
from shared_data import shared
from vectors_of import PLACES, figures_of


def of_shared(name):
    import json

    return json.loads(shared(f"data/trust/selection/{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("place", PLACES)
def test_the_example_of_rfc_3797_comes_out(place):
    case = figures_of("surveillance/rfc3797.json", place)
    sources = [int(one) if isinstance(one, str) else one for one in case["sources"]]
    key = rfc3797.key_string(sources)
    assert key == case["key_string"]
    assert [rfc3797.digest(key, number) for number in range(16)] == case["md5_by_index"]
    drawn = rfc3797.drawn(key, case["pool_size"], len(case["selected"]))
    assert list(drawn) == case["selected"]
    assert [case["pool"][number - 1] for number in drawn[:10]] == case["selected_names_first_10"]
    for pool, bits in case["entropy_bits_needed_to_select_10_of_n"].items():
        assert rfc3797.entropy_needed(int(pool), 10) == bits
    for pool, count in ((5, 6), (5, 0), (70_000, 1)):
        with pytest.raises(DomainError):
            rfc3797.drawn(key, pool, count)
    with pytest.raises(DomainError):
        rfc3797.entropy_needed(3, 4)


def test_the_audit_sampler_draws_as_published():
    for case in of_shared("rivest-sampler")["tests"]:
        data = case["data"]
        assert list(audit_draws(data["seed"], data["total"], data["count"])) == case["expected"]
    with pytest.raises(DomainError):
        audit_draws("1", 0, 1)


def test_the_consistent_sampler_draws_as_published():
    for case in of_shared("consistent-sampler"):
        names = list(range(100)) if case["ids"] == "range(100)" else case["ids"]
        found = consistent_order(case["seed"], names)
        if "output_ids" in case:
            assert list(found)[: len(case["output_ids"])] == case["output_ids"]
        else:
            told = [[consistent_ticket(case["seed"], name)[:11], name, 1] for name in found[: case["take"]]]
            assert told == case["output"]


@pytest.mark.parametrize("place", PLACES)
def test_real_beacons_give_the_hash_of_their_signature(place):
    for case in figures_of("surveillance/drand_beacons.json", place):
        scheme = "bls-unchained-g1-rfc9380" if "quicknet" in case["Scheme"] else case["Scheme"]
        previous = bytes.fromhex(case["PrevSig"]) if "PrevSig" in case else None
        beacon = Beacon(
            network="n", scheme=scheme, round=case["Round"], signature=bytes.fromhex(case["Sig"]), previous=previous,
            randomness=bytes.fromhex(case["Randomness"]) if "Randomness" in case else None,
        )  # fmt: skip
        value = randomness_of(beacon, expected_round=case["Round"])
        assert value.value == sha256(beacon.signature).digest()
        assert (value.source, value.event) == ("drand n", str(case["Round"]))
        with pytest.raises(VerificationError, match="round"):
            randomness_of(beacon, expected_round=case["Round"] + 1)
        with pytest.raises(VerificationError, match="randomness"):
            randomness_of(replace(beacon, randomness=bytes(32)), expected_round=case["Round"])
        with pytest.raises(FormatError):
            randomness_of(replace(beacon, signature=b"short"), expected_round=case["Round"])
        with pytest.raises(FormatError, match="known are"):
            randomness_of(replace(beacon, scheme="other"), expected_round=case["Round"])
        if previous:
            with pytest.raises(VerificationError, match="previous"):
                randomness_of(replace(beacon, previous=None), expected_round=case["Round"])
    assert any("pairing" in one for one in NOT_CHECKED)


@pytest.mark.parametrize(
    ("network", "number", "instant"),
    [
        # As other clients of the beacon publish them: the Ruby client's documentation, and a record of round 6000000.
        ("quicknet", 27_946_612, "2026-04-20T00:00:00"),
        ("default", 6_000_000, "2026-04-05T23:17:00"),
        # The genesis times of the chains' own information.
        ("quicknet", 1, "2023-08-23T15:09:27"),
        ("default", 1, "2020-07-22T15:17:30"),
    ],
)
def test_a_round_comes_when_genesis_and_period_say(network, number, instant):
    assert datetime.fromtimestamp(NETWORKS[network].seconds_of(number), tz=UTC).isoformat() == f"{instant}+00:00"


@pytest.mark.parametrize("number", [0, -1])
def test_rounds_begin_with_one(number):
    with pytest.raises(DomainError, match="begin with 1"):
        NETWORKS["quicknet"].seconds_of(number)


def test_a_known_network_signs_with_a_known_scheme():
    assert {one.scheme for one in NETWORKS.values()} <= set(SIZES)
