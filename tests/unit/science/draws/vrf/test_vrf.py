"""Verifiable random functions against the vectors of their standards, and against every bit that is flipped."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError, VerificationError
from openqi.science.draws.vrf import ecvrf, r255
from openqi.science.draws.vrf.edwards import BASE, NEUTRAL, ORDER, P, decoded, encoded, same, times
from openqi.science.draws.vrf.ristretto import element, from_digest, written
from vectors_of import PLACES, figures_of

SECRET = bytes(range(32))
PUBLIC = ecvrf.public_key(SECRET)
PROOF = ecvrf.prove(SECRET, b"visit 7")


@pytest.mark.parametrize("place", PLACES)
def test_the_vectors_of_rfc_9381_come_out(place):
    (case,) = [case for case in figures_of("surveillance/ecvrf.json", place) if case["suite"].endswith("TAI")]
    secret, public, alpha, proof = (bytes.fromhex(case[name]) for name in ("SK", "PK", "alpha", "pi"))
    assert ecvrf.public_key(secret) == public
    assert encoded(ecvrf._on_curve(public, alpha)).hex() == case["H"]
    assert ecvrf.prove(secret, alpha) == proof
    assert ecvrf.verify(public, alpha, proof).hex() == case["beta"] == ecvrf.value_of(proof).hex()


@pytest.mark.parametrize("place", PLACES)
def test_the_vector_of_the_ristretto_suite_comes_out(place):
    case = figures_of("surveillance/vrf_r255.json", place)
    secret, public, alpha, proof = (bytes.fromhex(case[name]) for name in ("SK", "PK", "alpha", "pi"))
    assert r255.public_key(secret) == public
    assert written(from_digest(bytes.fromhex(case["hash_string"]))).hex() == case["H"]
    assert r255.prove(secret, alpha) == proof
    assert r255.verify(public, alpha, proof).hex() == case["beta"]


def test_public_keys_are_those_of_ed25519():
    assert Ed25519PrivateKey.from_private_bytes(SECRET).public_key().public_bytes_raw() == PUBLIC


@given(st.binary(max_size=40))
@settings(max_examples=10)
def test_what_is_proved_is_verified(alpha):
    assert ecvrf.verify(PUBLIC, alpha, ecvrf.prove(SECRET, alpha)) == ecvrf.value_of(ecvrf.prove(SECRET, alpha))


@pytest.mark.parametrize("bit", range(0, 640, 37))
def test_a_flipped_bit_of_a_proof_is_refused(bit):
    broken = bytearray(PROOF)
    broken[bit // 8] ^= 1 << bit % 8
    with pytest.raises(VerificationError):
        ecvrf.verify(PUBLIC, b"visit 7", bytes(broken))


def test_another_input_key_or_form_is_refused():
    other = ecvrf.public_key(bytes(32))
    huge = PROOF[:48] + (int.from_bytes(PROOF[48:], "little") + ORDER).to_bytes(32, "little")
    small = (NEUTRAL, decoded((P - 1).to_bytes(32, "little")))
    keys = [PUBLIC[:-1], b"\xff" * 32, *(encoded(point) for point in small)]
    for public, alpha, proof in (
        (PUBLIC, b"visit 8", PROOF),
        (other, b"visit 7", PROOF),
        (PUBLIC, b"visit 7", PROOF[:-1]),
        (PUBLIC, b"visit 7", huge),
        *((key, b"visit 7", PROOF) for key in keys),
    ):
        with pytest.raises(VerificationError):
            ecvrf.verify(public, alpha, proof)
    for call in (ecvrf.public_key, r255.public_key):
        with pytest.raises(DomainError):
            call(b"short")


def test_the_ristretto_suite_refuses_what_does_not_hold():
    secret = (12345).to_bytes(32, "little")
    public, proof = r255.public_key(secret), r255.prove(secret, b"a")
    assert len(r255.verify(public, b"a", proof)) == 64
    for key, alpha, bad in (
        (public, b"b", proof),
        (bytes(32), b"a", proof),
        (b"\x01" + bytes(31), b"a", proof),
        (public, b"a", proof[:-1]),
        (public, b"a", b"\x01" + proof[1:]),
    ):
        with pytest.raises(VerificationError):
            r255.verify(key, alpha, bad)


def test_the_group_has_the_order_that_it_should():
    assert same(times(ORDER, BASE), NEUTRAL)
    assert same(times(ORDER + 5, BASE), times(5, BASE))
    for number in (1, 2, 3, 1000):
        assert same(decoded(encoded(times(number, BASE))), times(number, BASE))
        assert written(element(written(times(number, BASE)))) == written(times(number, BASE))
    for data in (b"short", (P + 1).to_bytes(32, "little"), (2).to_bytes(32, "little"), (1 << 255 | 1).to_bytes(32, "little")):
        assert decoded(data) is None
