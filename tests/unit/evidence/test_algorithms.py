"""Signature algorithms: one written Ed25519 rule in two engines, SM2 against its standard, key ids against RFC 7638."""

import base64
import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.algorithms.algorithm import Algorithm, PublicKey, algorithm, public_key
from openqi.evidence.algorithms.kinds import ed25519
from openqi.evidence.algorithms.kinds.ed25519 import check_rule, verify_with_cryptography, verify_with_nacl
from openqi.evidence.algorithms.signing import signing_key
from openqi.kernel.catalogue import load
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, VerificationError
from vectors_of import PLACES, figures_of

ENGINES = (verify_with_cryptography, verify_with_nacl)
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
B = (15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, P) % P)


def holds(verify, public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        verify(public, message, signature)
    except VerificationError as error:
        assert error.step == "signature"
        return False
    return True


def plus(a, b):
    """Sum of two points of x^2 (-1) + y^2 = 1 + d x^2 y^2, as RFC 8032 section 5.1 writes it."""
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def times(k, point):
    total = (0, 1)
    while k:
        if k & 1:
            total = plus(total, point)
        point, k = plus(point, point), k >> 1
    return total


def point_of(data: bytes):
    """The point that 32 bytes encode under RFC 8032 section 5.1.3, or None where there is none."""
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else P - x), y


def point_of_order_8():
    """What is left of a point when its part of prime order is multiplied away, for the first y where that has order 8."""
    for y in range(2, 99):
        whole = point_of(y.to_bytes(32, "little"))
        if whole and times(4, times(L, whole)) != (0, 1):
            return times(L, whole)
    raise AssertionError


def plainly_accepted(public: bytes, message: bytes, signature: bytes) -> bool:
    """The rule of `ed25519.py` said again, slowly: canonical points, none of small order, S < L, cofactorless equation."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = point_of(public), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or (0, 1) in (times(8, a), times(8, r)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return times(s, B) == plus(r, times(k, a))


def encoded(point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def wycheproof(place):
    for group in figures_of("trust/wycheproof_ed25519.json", place)["testGroups"]:
        for test in group["tests"]:
            public, message, signature = map(bytes.fromhex, (group["publicKey"]["pk"], test["msg"], test["sig"]))
            yield test, public, message, signature


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("verify", ENGINES)
def test_every_wycheproof_verdict_on_ed25519_is_ours(verify, place):
    cases = list(wycheproof(place))
    wrong = [test["tcId"] for test, *parts in cases if holds(verify, *parts) != (test["result"] in ("valid", "acceptable"))]
    assert len(cases) == 76
    assert wrong == []


@pytest.mark.parametrize("place", PLACES)
def test_the_plain_rule_gives_every_wycheproof_verdict_too(place):
    assert [test["tcId"] for test, *parts in wycheproof(place) if plainly_accepted(*parts) != (test["result"] == "valid")] == []


def parts_of(case):
    return bytes.fromhex(case["key"]), case["msg"].encode(), bytes.fromhex(case["sig"])


@pytest.mark.parametrize("place", PLACES)
def test_both_engines_and_the_plain_rule_agree_on_every_edge_case_of_ed25519(place):
    cases = figures_of("trust/cctv_ed25519.json", place)
    split, accepted = [], 0
    for case in cases:
        parts = parts_of(case)
        verdicts = {plainly_accepted(*parts), *(holds(verify, *parts) for verify in ENGINES)}
        accepted += verdicts == {True}
        if len(verdicts) != 1:
            split.append(case["number"])
    assert split == []
    assert 0 < accepted < len(cases) / 4


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("verify", ENGINES)
def test_points_of_small_order_and_other_spellings_of_points_are_refused_in_key_and_commitment(verify, place):
    refused = {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue", "reencoded_k"}
    cases = [case for case in figures_of("trust/cctv_ed25519.json", place) if refused & set(case["flags"])]
    assert {flag for case in cases for flag in case["flags"]} >= refused
    assert [case["number"] for case in cases if holds(verify, *parts_of(case))] == []


@pytest.mark.parametrize("verify", ENGINES)
def test_every_point_whose_order_divides_eight_is_refused_in_every_spelling(verify):
    small = {times(k, point_of_order_8()) for k in range(8)}
    assert len(small) == 8
    assert {y for _, y in small} == ed25519._SMALL_ORDER_Y
    good = signing_key(bytes(32))
    signature = good.sign(b"")
    for _, y in small:
        spellings = [y + shift for shift in (0, P) if y + shift < 2**255]
        for point in [(y | sign << 255).to_bytes(32, "little") for y in spellings for sign in (0, 1)]:
            assert not holds(verify, point, b"", signature)
            assert not holds(verify, good.public_key.data, b"", point + signature[32:])


@pytest.mark.parametrize("verify", ENGINES)
def test_s_at_or_above_the_group_order_is_refused_though_the_equation_holds(verify):
    key = signing_key(b"s" * 32)
    signature = key.sign(b"m")
    s = int.from_bytes(signature[32:], "little")
    assert holds(verify, key.public_key.data, b"m", signature)
    for multiple in range(1, 16):
        higher = signature[:32] + (s + multiple * L).to_bytes(32, "little")
        assert not holds(verify, key.public_key.data, b"m", higher)


@pytest.mark.parametrize("verify", ENGINES)
def test_a_key_with_a_part_of_small_order_is_judged_by_the_cofactorless_equation(verify):
    # A' = A + T with T of order 8: R + kA' equals SB only where kT is nothing, one message in eight.
    seed = hashlib.sha512(bytes(32)).digest()
    scalar = (int.from_bytes(seed[:32], "little") & ((1 << 254) - 8) | 1 << 254) % L
    public, commitment = encoded(plus(times(scalar, B), point_of_order_8())), encoded(times(12345, B))
    kept = 0
    for number in range(24):
        message = bytes([number])
        k = int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little")
        signature = commitment + ((12345 + k * scalar) % L).to_bytes(32, "little")
        assert holds(verify, public, message, signature) == (k % L % 8 == 0)
        kept += k % L % 8 == 0
    assert 0 < kept < 24


@given(st.binary(max_size=40), st.binary(max_size=70), st.binary(max_size=20))
def test_any_bytes_as_key_signature_and_message_are_refused_by_both_engines(public, signature, message):
    for verify in ENGINES:
        assert not holds(verify, public, message, signature)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_any_bytes_of_the_right_lengths_are_refused_by_both_engines(public, signature):
    for verify in ENGINES:
        assert not holds(verify, public, b"", signature)
        assert not holds(verify, public, b"", signature[:32] + bytes(32))


@given(st.binary(max_size=100), st.integers(0, 8 * 96 - 1))
def test_a_signature_holds_for_its_message_and_key_and_no_single_changed_bit(message, place):
    key = signing_key(b"k" * 32)
    signature, public = key.sign(message), key.public_key.data
    changed = bytearray(public + signature)
    changed[place // 8] ^= 1 << place % 8
    for verify in ENGINES:
        assert holds(verify, public, message, signature)
        assert not holds(verify, bytes(changed[:32]), message, bytes(changed[32:]))
        assert not holds(verify, public, message + b"\0", signature)


def test_both_ways_of_signing_give_the_same_bytes(monkeypatch):
    key = signing_key(b"q" * 32)
    fast = key.sign(b"one message")
    monkeypatch.setattr(ed25519, "sodium", None)
    assert key.sign(b"one message") == fast


def test_the_rule_names_what_it_refuses():
    good = signing_key(bytes(32))
    signature = good.sign(b"")
    check_rule(good.public_key.data, signature)
    check_rule(good.public_key.data, signature[:32] + (L - 1).to_bytes(32, "little"))
    for public, changed, why in (
        (bytes(32), signature, "the public key is a point of small order"),
        (b"\xff" * 32, signature, "the public key is not a canonical point"),
        (good.public_key.data, bytes(32) + signature[32:], "R is a point of small order"),
        (good.public_key.data, signature[:32] + b"\xff" * 32, "S is not below the group order"),
        (good.public_key.data[:31], signature, "not 31 and 64"),
        (good.public_key.data, signature[:63], "not 32 and 63"),
        (good.public_key.data, signature + b"\0", "not 32 and 65"),
        (good.public_key.data, signature[:32] + L.to_bytes(32, "little"), "S is not below the group order"),
    ):
        with pytest.raises(VerificationError, match=why):
            check_rule(public, changed)


def test_the_catalogue_holds_each_algorithm_under_its_own_name():
    kinds = load("openqi.evidence.algorithms.kinds", Algorithm)
    assert set(kinds) == {"Ed25519", "SM2-SM3"}
    assert all(algorithm(name) is kind and kind.name == name for name, kind in kinds.items())
    with pytest.raises(NotFoundError, match="known are Ed25519, SM2-SM3"):
        algorithm("ed25519")


# The contract of every kind of the catalogue.


@pytest.fixture(params=sorted(load("openqi.evidence.algorithms.kinds", Algorithm)))
def kind(request):
    if request.param == "SM2-SM3":
        pytest.importorskip("tongsuopy", reason="tongsuopy is not installed here: SM2 is an extra")
    return algorithm(request.param)


def test_a_key_of_every_kind_signs_what_its_public_half_verifies(kind):
    key = signing_key(bytes(range(kind.seed_size)), kind.name)
    signature = key.sign(b"message")
    key.public_key.verify(b"message", signature)
    assert signing_key(bytes(range(kind.seed_size)), kind.name).public_key == key.public_key
    for message, changed in ((b"messagf", signature), (b"message", signature[:-1] + bytes([signature[-1] ^ 1])), (b"message", b"")):
        with pytest.raises(VerificationError, match="signature"):
            key.public_key.verify(message, changed)
    other = signing_key(b"\x07" * kind.seed_size, kind.name)
    with pytest.raises(VerificationError, match="signature"):
        other.public_key.verify(b"message", signature)


def test_a_signature_of_every_kind_does_not_survive_one_changed_bit(kind):
    key = signing_key(b"\x09" * kind.seed_size, kind.name)
    signature = key.sign(b"message")
    for place in range(0, 8 * len(signature), 5):
        changed = bytearray(signature)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(VerificationError):
            key.public_key.verify(b"message", bytes(changed))


def test_any_bytes_as_a_key_of_every_kind_give_our_own_error(kind):
    for size in (0, 1, 31, 32, 33, 64, 65, 66):
        for fill in (0x00, 0x04, 0xFF):
            key = PublicKey(algorithm=kind.name, data=bytes([fill]) * size)
            with pytest.raises(VerificationError):
                key.verify(b"message", b"\x01" * 64)
            with pytest.raises(OpenQIError):
                public_key({**stated_key(), "public": base64.urlsafe_b64encode(key.data).decode().rstrip("=")})


def test_every_kind_names_its_keys_by_the_thumbprint_of_rfc_7638(kind):
    key = signing_key(b"\x05" * kind.seed_size, kind.name).public_key
    jwk = dict(kind.jwk(key.data))
    digest = hashlib.sha256(json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()).digest()
    assert key.kid == "urn:ietf:params:oauth:jwk-thumbprint:sha-256:" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert public_key(key.as_json()) == key


def test_a_public_key_of_every_kind_has_one_size_or_no_id(kind):
    data = signing_key(b"\x05" * kind.seed_size, kind.name).public_key.data
    for changed in (b"", data[:-1], data + b"\0", *([b"\2" + data[1:]] if kind.name == "SM2-SM3" else [])):
        with pytest.raises(FormatError, match="public key"):
            _ = PublicKey(algorithm=kind.name, data=changed).kid


def test_the_seed_of_every_kind_has_one_size(kind):
    for size in (0, kind.seed_size - 1, kind.seed_size + 1):
        with pytest.raises(FormatError, match=f"grow from {kind.seed_size} random bytes; {size} were given"):
            signing_key(bytes(size), kind.name)


def test_a_signing_key_of_every_kind_never_prints_itself(kind):
    key = signing_key(b"\x05" * kind.seed_size, kind.name)
    assert repr(key) == f"SigningKey({key.public_key.kid})"
    assert key.private.hex() not in f"{key!r}{key}"
    assert re.search("private", repr(key)) is None


def test_the_thumbprint_of_the_key_that_rfc_8037_publishes_is_the_published_one():
    key = PublicKey(algorithm="Ed25519", data=base64.urlsafe_b64decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="))
    assert key.kid.endswith(":kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")  # RFC 8037, appendix A.3


def stated_key():
    return signing_key(bytes(32)).public_key.as_json()


@pytest.mark.parametrize(
    "change",
    [
        {"kid": "urn:other"},
        {"public": "AAAA"},
        {"public": stated_key()["public"] + "="},
        {"public": 5},
        {"algorithm": None},
        {"algorithm": "none"},
        {"algorithm": "SM2-SM3"},
        {"extra": "x"},
        {"kid": signing_key(b"1" * 32).public_key.kid},
    ],
)
def test_a_stated_key_with_a_changed_member_is_refused(change):
    with pytest.raises(OpenQIError):
        public_key(stated_key() | change)


@pytest.mark.parametrize("stated", [None, [], "key", 5, {}, {"kid": "x", "public": "y"}])
def test_what_is_no_stated_key_is_refused(stated):
    with pytest.raises(FormatError, match="a key is stated as"):
        public_key(stated)


@pytest.mark.parametrize("place", PLACES)
def test_the_signature_in_the_sm2_standard_holds_and_no_changed_one(place):
    pytest.importorskip("tongsuopy", reason="tongsuopy is not installed here: SM2 is an extra")
    given_ = figures_of("trust/sm2_sm3.json", place)["sm2_gbt32918"]
    assert given_["user_id"] == "1234567812345678"  # the default that our rule fixes
    public = b"\x04" + bytes.fromhex(given_["public_x"] + given_["public_y"])
    message, signature = given_["message"].encode(), bytes.fromhex(given_["r"] + given_["s"])
    sm2 = algorithm("SM2-SM3")
    sm2.verify(public, message, signature)
    scalar = int(given_["private"], 16)
    seed = (scalar - 1).to_bytes(32, "big")  # keys grow from seeds by adding one to the seed's residue
    key = signing_key(seed, "SM2-SM3")
    assert key.public_key.data == public
    key.public_key.verify(b"other", key.sign(b"other"))
    for changed in (signature[:-1] + b"\0", signature[32:] + signature[:32], bytes(64), signature[:32] + bytes(32), b"\xff" * 64):
        with pytest.raises(VerificationError, match="SM2"):
            sm2.verify(public, message, changed)
    for other, cut in (
        (public[:-1], signature),
        (public + b"\0", signature),
        (b"\2" + public[1:], signature),
        (public, signature[:-1]),
    ):
        with pytest.raises(VerificationError, match="an SM2 key is 65 bytes beginning with 04"):
            sm2.verify(other, message, cut)
    with pytest.raises(VerificationError, match="SM2"):
        sm2.verify(b"\x04" + bytes.fromhex(given_["public_y"] + given_["public_x"]), message, signature)  # not on the curve


@pytest.mark.parametrize("place", PLACES)
def test_the_digest_under_sm2_is_the_sm3_of_the_standard(place):
    hashes = pytest.importorskip("tongsuopy.crypto.hashes", reason="tongsuopy is not installed here: SM2 is an extra")
    for case in figures_of("trust/sm2_sm3.json", place)["sm3"]:
        digest = hashes.Hash(hashes.SM3())
        digest.update(case["message_ascii"].encode())
        assert digest.finalize().hex() == case["digest"]


def test_without_its_extra_sm2_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tongsuopy.crypto", None)
    with pytest.raises(NotFoundError, match=r"pip install 'openqi\[sm2\]'"):
        signing_key(bytes(32), "SM2-SM3")
