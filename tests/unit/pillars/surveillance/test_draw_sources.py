"""Public randomness: rounds of both networks, drawn numbers, and the bytes that come of them."""

from hashlib import sha256

import pytest

from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.draws.sources import LAST_ROUND, beacon_value, instant_of, numbers_of
from openqi.records.draws import SourceNamed
from openqi.science.draws.foreign.drand import NETWORKS
from surveillance_stage import BEACON, DRAND, LOTTERY, changed
from vectors_of import vectors_of

CHAINED = next(one for one in vectors_of("surveillance/drand_beacons.json")["figures"] if one["Scheme"] == "pedersen-bls-chained")


def test_a_round_of_quicknet_gives_the_randomness_that_drand_published():
    assert beacon_value(DRAND, bytes.fromhex(BEACON["Sig"]), None).hex() == BEACON["Randomness"]
    assert instant_of(DRAND) == DRAND.not_before == "2023-09-15T11:00:03Z"


def test_a_chained_round_comes_with_the_signature_before():
    named = SourceNamed(source="drand default", event=str(CHAINED["Round"]), not_before="2023-01-23T13:09:30Z", form="drand")
    assert instant_of(named) == named.not_before
    signature, previous = bytes.fromhex(CHAINED["Sig"]), bytes.fromhex(CHAINED["PrevSig"])
    assert beacon_value(named, signature, previous) == sha256(signature).digest()
    for wrong in (None, previous[:-1]):
        with pytest.raises(RefusedError, match="beacon-fits"):
            beacon_value(named, signature, wrong)


def test_the_last_round_of_each_network_has_an_instant():
    for network in NETWORKS:
        named = changed(DRAND, source=f"drand {network}", event=str(LAST_ROUND))
        assert instant_of(named) < "9999"


def test_numbers_are_sorted_where_their_order_does_not_count_and_kept_where_it_does():
    assert numbers_of(LOTTERY, "30, 21 17 9 3 1+16") == (b"1.3.9.17.21.30./16./", "1 3 9 17 21 30 + 16")
    ordered = changed(LOTTERY, numbers=(3,), ordered=True)
    assert numbers_of(ordered, "9 0 4") == (b"9.0.4./", "9 0 4")


@pytest.mark.parametrize(
    "changes",
    [
        {"form": "drand"}, {"numbers": ()}, {"numbers": (0,)}, {"form": "bytes"}, {"form": "bytes", "numbers": ()},
        {"form": "drand", "numbers": (), "ordered": True},
    ],
)  # fmt: skip
def test_a_source_says_how_its_bytes_come_about_and_nothing_else(changes):
    with pytest.raises(ValueError, match=r"say|order"):
        changed(LOTTERY, **changes).__post_init__()
