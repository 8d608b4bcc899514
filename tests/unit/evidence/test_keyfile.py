"""Key files: the right passphrase opens them, a change or foreign cost does not, and bad ones cost no memory."""

import json

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence import keyfile
from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.canonical import base64url, base64url_bytes, canonical_bytes
from openqi.evidence.keyfile import CHANCE, decrypted, encrypted
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, OpenQIError, RefusedError

SEED, PASSPHRASE, FRESH = b"s" * 32, "correct horse 电池", bytes(range(CHANCE))


@pytest.fixture(scope="module")
def key_file():
    return encrypted(SEED, PASSPHRASE, FRESH)


@pytest.fixture
def no_stretching(monkeypatch):
    """Fails the test where a passphrase is stretched: 128 MiB and a third of a second."""

    def stretched(*_):
        raise AssertionError("the passphrase was stretched")

    monkeypatch.setattr(keyfile, "_stretched", stretched)


@pytest.fixture
def cheap_stretching(monkeypatch):
    """The same derivation at a cost of nothing, where only what stands around it is tested."""
    monkeypatch.setattr(
        keyfile, "_stretched", lambda phrase, salt: Scrypt(salt=salt, length=32, n=2, r=1, p=1).derive(phrase.encode())
    )


def test_a_key_file_opens_with_its_passphrase_and_as_documented_and_not_with_another(key_file):
    assert decrypted(key_file, PASSPHRASE) == signing_key(SEED)
    whole = json.loads(key_file)
    stretched = Scrypt(salt=base64url_bytes(whole["kdf"]["salt"]), length=32, n=2**17, r=8, p=1).derive(PASSPHRASE.encode())
    head = {name: value for name, value in whole.items() if name != "sealed"}
    opened = ChaCha20Poly1305(stretched).decrypt(FRESH[16:], base64url_bytes(whole["sealed"]), canonical_bytes(head))
    assert opened == SEED
    with pytest.raises(RefusedError, match="the passphrase is wrong, or the key file was changed") as caught:
        decrypted(key_file, PASSPHRASE + " ")
    assert caught.value.rule == "wrong-passphrase"


def test_a_key_file_states_its_public_key_and_cost_and_nothing_of_the_secret(key_file):
    assert key_file.endswith(b"}\n")
    whole = json.loads(key_file)
    assert whole["format"] == "openqi-key/1"
    assert whole["key"] == signing_key(SEED).public_key.as_json()
    assert whole["kdf"] == {"name": "scrypt", "n": 131072, "r": 8, "p": 1, "salt": base64url(FRESH[:16])}
    assert whole["nonce"] == base64url(FRESH[16:])
    for secret in (SEED, PASSPHRASE.encode(), base64url(SEED).encode(), SEED.hex().encode()):
        assert secret not in key_file


def changed(key_file, **change):
    whole = json.loads(key_file)
    for name, value in change.items():
        outer, _, inner = name.partition("__")
        if inner:
            whole[outer][inner] = value
        else:
            whole[outer] = value
    return canonical_bytes(whole) + b"\n"


@pytest.mark.parametrize(
    "change",
    [
        {"kdf__n": 2**30},
        {"kdf__n": 2},
        {"kdf__n": 2**17 + 1},
        {"kdf__r": 2**20},
        {"kdf__p": 2**20},
        {"kdf__p": True},
        {"kdf__name": "argon2"},
        {"kdf__more": 1},
        {"kdf__salt": "="},
        {"kdf__salt": 5},
        {"kdf__salt": "AAAA"},
        {"kdf__salt": "A" * 6000},
        {"kdf": "scrypt"},
        {"kdf": {}},
        {"kdf": []},
        {"format": "openqi-key/2"},
        {"format": 1},
        {"nonce": 5},
        {"nonce": "AB"},
        {"nonce": ""},
        {"nonce": "AAAA"},
        {"sealed": 5},
        {"sealed": ["AA"]},
        {"sealed": "AB"},
        {"sealed": "A" * 3000},
        {"key": "k"},
        {"key": {}},
        {"key__kid": "urn:x"},
        {"key__public": "AAAA"},
        {"key__algorithm": "rot13"},
        {"key__algorithm": 5},
        {"more": 1},
    ],
    ids=lambda change: str(change)[:40],
)
def test_a_key_file_of_another_form_or_cost_is_refused_before_any_memory_is_spent(key_file, change, no_stretching):
    with pytest.raises((FormatError, NotFoundError)):
        decrypted(changed(key_file, **change), PASSPHRASE)


def test_a_key_file_without_a_member_or_in_another_spelling_is_refused_before_any_memory_is_spent(key_file, no_stretching):
    whole = json.loads(key_file)
    for name in whole:
        with pytest.raises(FormatError):
            decrypted(canonical_bytes({key: value for key, value in whole.items() if key != name}), PASSPHRASE)
    respelled = (json.dumps(whole, indent=1).encode(), key_file + b"\n", b"\n" + key_file, key_file[:-2])
    for data in (*respelled, b"", b"[]", b"5", b'"format"', b"true"):
        with pytest.raises(FormatError):
            decrypted(data, PASSPHRASE)
    with pytest.raises(FormatError, match="at most 10000"):
        decrypted(b" " * 10_002, PASSPHRASE)


def test_no_single_changed_bit_of_a_key_file_opens(cheap_stretching):
    data = encrypted(SEED, PASSPHRASE, FRESH)
    assert decrypted(data, PASSPHRASE) == decrypted(data[:-1], PASSPHRASE) == signing_key(SEED)
    for place in range(8 * (len(data) - 1)):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises((FormatError, RefusedError, NotFoundError)):
            decrypted(bytes(flipped), PASSPHRASE)


def test_the_public_key_that_stands_in_the_file_cannot_be_exchanged(cheap_stretching):
    data = encrypted(SEED, PASSPHRASE, FRESH)
    with pytest.raises(RefusedError, match="changed"):
        decrypted(changed(data, key=signing_key(b"t" * 32).public_key.as_json()), PASSPHRASE)


def test_a_seed_that_is_not_the_stated_keys_is_never_handed_out(cheap_stretching, monkeypatch):
    other = signing_key(b"t" * 32)
    monkeypatch.setattr(keyfile, "signing_key", lambda seed, algorithm: other)
    data = encrypted(SEED, PASSPHRASE, FRESH)
    monkeypatch.undo()
    monkeypatch.setattr(
        keyfile, "_stretched", lambda phrase, salt: Scrypt(salt=salt, length=32, n=2, r=1, p=1).derive(phrase.encode())
    )
    with pytest.raises(FormatError, match="another key"):
        decrypted(data, PASSPHRASE)


def test_key_files_of_every_algorithm_open(cheap_stretching):
    pytest.importorskip("tongsuopy", reason="tongsuopy is not installed here: SM2 is an extra")
    data = encrypted(SEED, PASSPHRASE, FRESH, algorithm="SM2-SM3")
    assert decrypted(data, PASSPHRASE) == signing_key(SEED, "SM2-SM3")


@pytest.mark.parametrize("passphrase", ["", "1234567", "七个字不够长的"])
def test_a_short_passphrase_is_refused_before_any_memory_is_spent(passphrase, no_stretching):
    with pytest.raises(RefusedError, match="fewer than 8 characters") as caught:
        encrypted(SEED, passphrase, FRESH)
    assert caught.value.rule == "passphrase-too-short"


def test_the_shortest_passphrase_opens_what_it_closed(cheap_stretching):
    assert decrypted(encrypted(SEED, "电池马订正确的八", FRESH), "电池马订正确的八") == signing_key(SEED)


@pytest.mark.parametrize("size", [0, 16, 27, 29, 100])
def test_chance_has_its_one_size(size, no_stretching):
    with pytest.raises(DomainError, match=f"{CHANCE} fresh random bytes, not {size}"):
        encrypted(SEED, PASSPHRASE, bytes(size))


def test_a_passphrase_that_cannot_be_written_is_refused(key_file):
    for use in (lambda: encrypted(SEED, "\ud800" * 9, FRESH), lambda: decrypted(key_file, "\ud800" * 9)):
        with pytest.raises(RefusedError, match="passphrase") as caught:
            use()
        assert caught.value.rule == "passphrase-not-text"


def test_a_seed_of_another_size_or_algorithm_makes_no_file(no_stretching):
    with pytest.raises(FormatError, match="32 random bytes"):
        encrypted(b"short", PASSPHRASE, FRESH)
    with pytest.raises(NotFoundError):
        encrypted(SEED, PASSPHRASE, FRESH, algorithm="rot13")


INNER, OUTER = ["name", "n", "p", "r", "salt", "kid"], ["format", "kdf", "key", "nonce", "sealed", "x"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(INNER), inner, max_size=3),
    max_leaves=5,
)


@given(st.binary(max_size=80), st.dictionaries(st.sampled_from(OUTER), values, min_size=1))
def test_any_bytes_are_refused_with_our_own_error(data, change):
    whole = json.loads(STATIC) | change
    for candidate in (data, json.dumps(whole, sort_keys=True, separators=(",", ":")).encode(), json.dumps(change).encode()):
        with pytest.raises(OpenQIError):
            decrypted(candidate, PASSPHRASE)


HEAD = {
    "format": "openqi-key/1",
    "kdf": {"name": "scrypt", "n": 131072, "r": 8, "p": 1, "salt": base64url(bytes(16))},
    "key": signing_key(SEED).public_key.as_json(),
    "nonce": base64url(bytes(12)),
}
STATIC = canonical_bytes(HEAD | {"sealed": base64url(bytes(48))})


def test_a_passphrase_opens_the_file_however_its_characters_are_composed(monkeypatch):
    monkeypatch.setitem(keyfile._COST, "n", 16)
    data = keyfile.encrypted(bytes(32), "café au lait", bytes(keyfile.CHANCE))
    assert keyfile.decrypted(data, "cafe\u0301 au lait").public_key == signing_key(bytes(32)).public_key
