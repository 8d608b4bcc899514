"""ID tokens: what counts, and every way of lying that does not."""

import hmac
import json
import warnings
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from openqi.app.people.openid.tokens import ALGORITHMS, Expected, check_id_token, json_object
from openqi.evidence.canonical import base64url
from openqi.kernel.errors import FormatError, VerificationError

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
EXPECTED = Expected(issuer="https://login.example", client="station", nonce="n-1", algorithms=tuple(ALGORITHMS), since=NOW)
CLAIMS = {
    "iss": "https://login.example", "aud": "station", "nonce": "n-1", "sub": "anna", "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 300, "auth_time": int(NOW.timestamp()) - 5,
}  # fmt: skip


@cache
def key(kind: str, curve: str = ""):
    """A key of a type and curve."""
    if kind == "RSA":
        return RSAKey.generate_key(2048, {"kid": "k"})
    return (ECKey if kind == "EC" else OKPKey).generate_key(curve, {"kid": "k"})


def signed(claims, algorithm: str = "ES256", *, by=None, header=()) -> str:
    """A token with some claims."""
    told = {"alg": algorithm, "kid": "k", **dict(header)}
    by = by or key(*ALGORITHMS[algorithm])
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jws.serialize_compact(told, payload, by, algorithms=[algorithm])


def public(by=None) -> dict:
    return (by or key("EC", "P-256")).as_dict(private=False)


def fails(step: str, token, keys=None, expected: Expected = EXPECTED) -> None:
    with pytest.raises(VerificationError) as caught:
        check_id_token(token, [public()] if keys is None else keys, expected, NOW)
    assert caught.value.step == step


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_every_signature_that_counts_is_taken_and_says_who_and_when(algorithm):
    by = key(*ALGORITHMS[algorithm])
    found = check_id_token(signed(CLAIMS, algorithm), [public(by)], EXPECTED, NOW)
    assert (found.issuer, found.sub, found.proved_at) == ("https://login.example", "anna", NOW - timedelta(seconds=5))


def test_without_an_instant_of_proof_nothing_is_said_of_it():
    claims = {name: value for name, value in CLAIMS.items() if name != "auth_time"}
    assert check_id_token(signed(claims), [public()], EXPECTED, NOW).proved_at is None


AT = int(NOW.timestamp())
LIES = [
    ("issuer", {"iss": "https://login.example/"}), ("issuer", {"iss": None}), ("issuer", {"iss": ["https://login.example"]}),
    ("audience", {"aud": "another"}), ("audience", {"aud": []}), ("audience", {"aud": None}), ("audience", {"aud": {"station": 1}}),
    ("audience", {"aud": ["station", "another"]}), ("audience", {"azp": "another"}), ("audience", {"azp": None}),
    ("audience", {"aud": ["station", "another"], "azp": "another"}),
    ("nonce", {"nonce": "n-2"}), ("nonce", {"nonce": None}), ("nonce", {"nonce": ["n-1"]}),
    ("expired", {"exp": AT - 61}), ("expired", {"exp": None}), ("expired", {"exp": str(AT + 300)}), ("expired", {"exp": True}),
    ("expired", {"exp": -1}), ("expired", {"exp": 1e300}),
    ("issued", {"iat": AT - 61}), ("issued", {"iat": AT + 61}), ("issued", {"iat": None}), ("issued", {"iat": "now"}),
    ("subject", {"sub": ""}), ("subject", {"sub": None}), ("subject", {"sub": "a" * 256}), ("subject", {"sub": "安娜"}),
    ("subject", {"sub": 7}), ("subject", {"sub": "a\nb"}),
    ("proof", {"auth_time": AT + 61}), ("proof", {"auth_time": "now"}), ("proof", {"auth_time": None}),
]  # fmt: skip


@pytest.mark.parametrize(("step", "lie"), LIES)
def test_a_claim_that_does_not_hold_fails_its_own_step(step, lie):
    fails(step, signed(CLAIMS | lie))


@pytest.mark.parametrize("name", ["iss", "aud", "nonce", "exp", "iat", "sub"])
def test_a_claim_that_is_missing_fails(name):
    step = {"iss": "issuer", "aud": "audience", "exp": "expired", "iat": "issued", "sub": "subject"}.get(name, name)
    fails(step, signed({one: value for one, value in CLAIMS.items() if one != name}))


@pytest.mark.parametrize("said", [{"aud": ["station"]}, {"aud": ["station", "other"], "azp": "station"}, {"azp": "station"}])
def test_an_audience_may_be_a_list_and_then_says_who_asked(said):
    assert check_id_token(signed(CLAIMS | said), [public()], EXPECTED, NOW).sub == "anna"


def test_clocks_may_differ_by_a_minute():
    for said in ({"exp": AT - 59}, {"iat": AT + 59}, {"iat": AT - 59}):
        assert check_id_token(signed(CLAIMS | said), [public()], EXPECTED, NOW).sub == "anna"
    proved = check_id_token(signed(CLAIMS | {"auth_time": AT + 59}), [public()], EXPECTED, NOW).proved_at
    assert proved == NOW, "a proof of the future would stay fresh for longer"


def test_a_token_without_signature_is_none():
    for alg in ("none", "None", "NONE", "", None, 7, ["RS256"]):
        header = base64url(json.dumps({"alg": alg}).encode())
        fails("algorithm", f"{header}.{base64url(json.dumps(CLAIMS).encode())}.")


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
def test_who_knows_the_public_key_signs_nothing_with_it(algorithm):
    by = key("RSA")
    for secret in (by.as_pem(private=False), json.dumps(public(by)).encode(), b"a secret of this station at the provider!"):
        parts = [base64url(json.dumps(one).encode()) for one in ({"alg": algorithm, "kid": "k"}, CLAIMS)]
        digest = hmac.digest(secret, ".".join(parts).encode(), f"sha{algorithm[2:]}")
        token = ".".join([*parts, base64url(digest)])
        fails("algorithm", token, [public(by)])
        fails("algorithm", token, [{"kty": "oct", "k": base64url(secret), "kid": "k"}], replace(EXPECTED, algorithms=(algorithm,)))


def test_an_algorithm_that_the_provider_does_not_announce_is_not_taken():
    fails("algorithm", signed(CLAIMS, "ES256"), expected=replace(EXPECTED, algorithms=("RS256",)))


def test_another_key_of_the_same_name_signs_nothing():
    fails("signature", signed(CLAIMS, by=ECKey.generate_key("P-256", {"kid": "k"})))


def test_a_key_within_the_token_counts_for_nothing():
    own = ECKey.generate_key("P-256", {"kid": "own"})
    header = {"jwk": public(own), "kid": "own"}
    fails("key", _by_hand(header, own))
    fails("signature", _by_hand(header | {"kid": "k"}, own))


def _by_hand(header, by) -> str:
    """A token whose header a library would not write."""
    first = base64url(json.dumps({"alg": "ES256", **header}).encode())
    _, payload, signature = signed(CLAIMS, by=by).split(".")
    return f"{first}.{payload}.{signature}"


def test_what_a_header_calls_critical_is_not_passed_over():
    fails("algorithm", _by_hand({"kid": "k", "crit": ["b64"], "b64": False}, key("EC", "P-256")))


def test_the_key_is_the_one_that_the_header_names_and_nothing_is_guessed():
    mine = public()
    other = public(ECKey.generate_key("P-256", {"kid": "other"}))
    assert check_id_token(signed(CLAIMS), [other, mine], EXPECTED, NOW).sub == "anna"
    fails("key", signed(CLAIMS), [other])
    fails("key", signed(CLAIMS), [])
    fails("key", signed(CLAIMS), [mine, mine])
    fails("key", signed(CLAIMS), [mine | {"use": "enc"}])
    fails("key", signed(CLAIMS), [mine | {"alg": "ES384"}])
    fails("key", signed(CLAIMS), [mine | {"crv": "P-384"}])
    fails("key", signed(CLAIMS), [mine | {"x": "AA"}])
    fails("key", signed(CLAIMS), [{name: value for name, value in mine.items() if name != "y"}])
    unnamed = jws.serialize_compact({"alg": "ES256"}, json.dumps(CLAIMS).encode(), key("EC", "P-256"), algorithms=["ES256"])
    assert check_id_token(unnamed, [mine], EXPECTED, NOW).sub == "anna", "one key needs no name"
    fails("key", unnamed, [mine, other])


def test_a_key_that_is_too_short_or_too_long_signs_nothing():
    made = rsa.generate_private_key(65537, 1024)
    parts = [base64url(json.dumps(one).encode()) for one in ({"alg": "RS256", "kid": "k"}, CLAIMS)]
    signature = made.sign(".".join(parts).encode(), PKCS1v15(), SHA256())
    short = {"kty": "RSA", "kid": "k", "e": "AQAB", "n": base64url(made.public_key().public_numbers().n.to_bytes(128))}
    fails("key", ".".join([*parts, base64url(signature)]), [short])
    fails("key", signed(CLAIMS, "RS256"), [public(key("RSA")) | {"n": base64url(b"\xff" * 1025)}])


@pytest.mark.parametrize("token", [None, 7, "", "a.b", "a.b.c.d.e", "a.b.c", "é.é.é", ["a"], "a" * 20_000, "eyJ9.e30.AA"])
def test_what_is_no_token_is_none(token):
    fails("form", token)


@pytest.mark.parametrize("payload", [b"[]", b"7", b"", b"{", b"\xff", b'{"a":1,}', b"[" * 8_000])
def test_a_signed_text_that_is_no_object_says_nothing(payload):
    fails("form", signed(payload))


def test_a_token_of_which_one_character_was_changed_does_not_count():
    token = signed(CLAIMS)
    for place in range(0, len(token), 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(VerificationError):
            check_id_token(changed, [public()], EXPECTED, NOW)


@given(st.text(alphabet="eyJ.A-_09", max_size=60) | st.text(max_size=40))
def test_any_text_is_refused_by_our_own_error(text):
    with pytest.raises(VerificationError):
        check_id_token(text, [public()], EXPECTED, NOW)


@given(
    st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "kid", "use", "alg"]), st.text(max_size=8) | st.none() | st.integers())
)
def test_any_key_is_refused_by_our_own_error(changes):
    with pytest.raises(VerificationError):
        check_id_token(signed(CLAIMS, header={"kid": "k"}), [public() | {"x": "AA"} | changes], EXPECTED, NOW)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_our_own_error(data):
    with suppress(FormatError):
        assert isinstance(json_object(data, "it"), dict)
