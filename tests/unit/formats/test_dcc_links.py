"""The chain by hash: every state of a link, to the end, on invented certificates that rest on each other."""

import hashlib
from base64 import b64encode

import pytest

from openqi.formats.dcc.certificate import read_certificate
from openqi.formats.dcc.document import CertificateReference
from openqi.formats.dcc.links import Link, follow
from openqi.kernel.errors import DomainError
from shared_data import shared
from unit.formats.dcc_good import LINK, good, link, linked

DAY = "2026-06-01"
SI = "https://si-digital-framework.org/SI/units/kelvin"


def named(identifier: str, *below: str) -> bytes:
    """A certificate of this identifier that names another one."""
    return good(("GOOD-1", identifier), (LINK, "".join(below)))


def digest(data: bytes, name: str = "sha256") -> str:
    return hashlib.new(name, data).hexdigest()


def followed(data: bytes, **files: bytes) -> list[Link]:
    """The chain of a certificate, with files by identifier."""

    def find(reference: CertificateReference) -> bytes | None:
        return files.get(reference.identifier)

    return list(follow(read_certificate(data, name="c.xml"), find, at=DAY))


def test_a_chain_is_followed_by_hash_to_the_si():
    top = named("C", link(SI, "see there", "x"))
    middle = named("B", link("C", "SHA-512", digest(top, "sha512").upper()))
    data = named("A", link("B", "sha256", b64encode(hashlib.sha256(middle).digest()).decode()))
    found = followed(data, B=middle, C=top)
    assert [(one.identifier, one.state, one.depth) for one in found] == [("B", "matches", 1), ("C", "matches", 2), (SI, "si", 3)]
    assert "ends here" in found[-1].why


def test_a_chain_that_names_no_further_certificate_says_that_it_ends():
    (found,) = followed(named("A", link("B", "sha256", digest(good()))), B=good())
    assert found.state == "matches"
    assert "names no further certificate" in found.why
    assert "'GOOD-1'" in found.why  # the file has another identifier than the one it is named by


@pytest.mark.parametrize(
    ("procedure", "value", "state"),
    [
        ("analogue", "analogue", "paper"), ("sha256", "SHA256-value", "wrong-hash"), ("SHA256", "0" * 64, "wrong-hash"),
        ("sha256", "0" * 40, "wrong-hash"), ("md5", "0" * 32, "unknown-procedure"), ("SHA-1", "0" * 40, "unknown-procedure"),
    ],
)  # fmt: skip
def test_every_way_to_end(procedure: str, value: str, state: str):
    (found,) = followed(named("A", link("B", procedure, value)), B=good())
    assert found.state == state


def test_the_hash_is_that_of_the_bytes_as_they_are_given():
    with_mark = b"\xef\xbb\xbf" + good()
    data = named("A", link("B", "sha256", digest(with_mark)))
    assert followed(data, B=with_mark)[0].state == "matches"
    assert followed(data, B=good())[0].state == "wrong-hash"


def test_a_file_that_is_not_at_hand_is_missing_and_what_is_said_below_it_is_still_followed():
    data = named("A", link("B", "sha256", "0" * 64, linked("C", "sha256", digest(good()))))
    assert [(one.identifier, one.state) for one in followed(data, C=good())] == [("B", "missing"), ("C", "matches")]


def test_what_is_said_of_one_further_down_is_checked_also_where_the_file_does_not_name_it():
    data = named("A", link("B", "sha256", digest(good()), linked("C", "sha256", "1" * 64)))
    assert [(one.identifier, one.state) for one in followed(data, B=good())] == [("B", "matches"), ("C", "missing")]
    named_by_file = named("B", link("C", "sha256", "1" * 64))
    data = named("A", link("B", "sha256", digest(named_by_file), linked("C", "sha256", "1" * 64)))
    assert [one.identifier for one in followed(data, B=named_by_file)] == ["B", "C"]


def test_a_file_with_another_hash_is_not_followed():
    other = named("B", link("C", "sha256", digest(good())))
    assert [one.state for one in followed(named("A", link("B", "sha256", "0" * 64)), B=other, C=good())] == ["wrong-hash"]


def test_a_certificate_that_was_due_again_is_expired():
    due = good(("2027-01-13", "2026-05-31"))
    (found,) = followed(named("A", link("B", "sha256", digest(due))), B=due)
    assert (found.state, "2026-05-31" in found.why) == ("expired", True)
    on_the_day = good(("2027-01-13", DAY))
    assert followed(named("A", link("B", "sha256", digest(on_the_day))), B=on_the_day)[0].state == "matches"


def test_a_file_that_is_no_certificate_matches_and_ends_the_chain():
    (found,) = followed(named("A", link("B", "sha256", digest(b"%PDF-1.7"))), B=b"%PDF-1.7")
    assert (found.state, "cannot be followed" in found.why) == ("matches", True)


def test_a_circle_and_an_endless_chain_are_errors():
    circle = link("B", "sha256", "0" * 64, linked("C", "sha256", "1" * 64, linked("B", "sha256", "0" * 64)))
    with pytest.raises(DomainError, match="comes back to 'B'"):
        followed(named("A", circle))
    name = "<dcc:name><dcc:content>x</dcc:content></dcc:name>"
    one = "</dcc:measuringEquipment><dcc:measuringEquipment>" + name
    many = good((LINK, one.join(link(f"B{number}", "sha256", "0" * 64) for number in range(101))))
    with pytest.raises(DomainError, match="more than 100 links"):
        followed(many)


@pytest.mark.parametrize(
    ("file", "states"),
    [
        ("dcc_gp_humidity_v1.0.xml", ["paper", "wrong-hash"]), ("dcc_gp_temperature_extensive_v12.xml", ["paper", "wrong-hash"]),
        ("dcc_gp_temperatur_resistance_v12.xml", ["paper"]), ("dcc_gp_temperature_typical_v12.xml", []),
    ],
)  # fmt: skip
def test_the_public_certificates_name_paper_and_hashes_that_are_none(file: str, states: list[str]):
    assert [one.state for one in followed(shared(f"data/dcc/examples/good_practice/{file}").read_bytes())] == states


def test_a_file_that_cannot_be_followed_is_not_said_to_name_no_further_certificate():
    picture = b"%PDF-1.7"
    (found,) = followed(named("A", link("B", "sha256", digest(picture))), B=picture)
    assert found.state == "matches"
    assert "cannot be followed" in found.why
    assert "names no further" not in found.why


def test_an_address_that_only_begins_like_the_si_is_none():
    for identifier in ("https://si-digital-framework.org/SIX/kelvin", "https://si-digital-framework.org/SI.example.com"):
        (found,) = followed(named("A", link(identifier, "sha256", "0" * 64)))
        assert found.state == "missing"
