"""Commitments: what was committed to opens, nothing else does, and without the salt nothing can be guessed."""

import base64
import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.commitment import commitment, private_subject, verify_commitment
from openqi.kernel.errors import DomainError, FormatError, VerificationError
from openqi.kernel.identifier import check_uri

SALT = bytes(range(16))
salts = st.binary(min_size=16, max_size=16)
values = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text("aé张\n", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(values, salts)
def test_a_commitment_opens_with_its_value_and_salt(value, salt):
    verify_commitment(commitment(value, salt), value, salt)


@given(values, values, salts, salts)
def test_a_commitment_opens_with_no_other_value_or_salt(value, other, salt, changed):
    stated = commitment(value, salt)
    for opened in ((other, salt), (value, changed), (other, changed)):
        if (repr(opened[0]), opened[1]) != (repr(value), salt):
            with pytest.raises(VerificationError) as caught:
                verify_commitment(stated, *opened)
            assert caught.value.step == "commitment"


def test_a_commitment_is_a_salted_hash_in_a_domain_of_its_own():
    digest = sha256(b"openqi commitment/1\0" + SALT + b'{"name":"Zhang"}').digest()
    assert commitment({"name": "Zhang"}, SALT) == base64.urlsafe_b64encode(digest).decode().rstrip("=")


def test_a_private_subject_is_a_uri_that_only_the_salt_links_to_its_name():
    uri = private_subject("urn:person:1", SALT)
    digest = sha256(b"openqi private subject/1\0" + SALT + b"urn:person:1").digest()
    assert uri == "ni:///sha-256;" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert check_uri(uri) == uri
    assert private_subject("urn:person:1", SALT) == uri
    assert private_subject("urn:person:1", SALT[::-1]) != uri
    assert private_subject("urn:person:2", SALT) != uri
    assert not re.search("person", uri)


def test_a_commitment_to_a_name_and_the_name_of_a_private_subject_never_meet():
    assert commitment("a", SALT) != private_subject('"a"', SALT).rpartition(";")[2]


@pytest.mark.parametrize("salt", [b"", SALT[:-1], SALT + b"\0"])
def test_a_salt_has_sixteen_bytes(salt):
    for make in (commitment, private_subject):
        with pytest.raises(DomainError, match=f"16 random bytes, not {len(salt)}"):
            make("a", salt)
    with pytest.raises(DomainError):
        verify_commitment(commitment("a", SALT), "a", salt)


@pytest.mark.parametrize("value", [None, 1.5, {"a": None}, "e\u0301", 2**53])
def test_a_value_without_canonical_form_is_neither_committed_to_nor_opened(value):
    with pytest.raises(FormatError):
        commitment(value, SALT)
    with pytest.raises(FormatError):
        verify_commitment(commitment("a", SALT), value, SALT)


@pytest.mark.parametrize("stated", ["", "AAAA", "=", "é", commitment("a", SALT) + "=", commitment("a", SALT)[:-1]])
def test_a_text_that_is_no_commitment_opens_nothing(stated):
    with pytest.raises((FormatError, VerificationError)):
        verify_commitment(stated, "a", SALT)


def test_a_name_that_cannot_be_written_is_refused():
    with pytest.raises(FormatError, match="name"):
        private_subject("\ud800", SALT)
