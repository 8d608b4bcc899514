"""What an examination came to as a record, and which certificates are not taken in: with signatures that hold, and that do not."""

import hashlib
import re
from base64 import b64encode
from datetime import timedelta

import pytest

from openqi.app.certificates.evidence import REFUSED, check_signature, examination_body
from openqi.app.certificates.sheet import sheet_of
from openqi.kernel.errors import FormatError
from openqi.records import Content, as_json, of_json, statement
from openqi.records.certificates import MOST, CertificateExamined
from unit.formats.dcc_good import LINK, good, link
from unit.formats.dcc_signing import SIGNED, World, revocation_list, signed

NOW = "2024-06-15T08:00:00Z"
WORLD = World()


def examined(data: bytes, *roots: bytes, stamps: tuple[bytes, ...] = ()) -> CertificateExamined:
    sheet = sheet_of(data, name="c.xml", now=NOW, roots=roots, stamp_roots=stamps)
    document = Content(media_type="application/xml", sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    found = examination_body(
        sheet, certificate="https://lab.example/1", document=document, roots=roots, record=None, stamp_roots=stamps
    )
    assert of_json(as_json(found), CertificateExamined) == found
    assert statement(found).streams == ("https://lab.example/1",)
    return found


def test_a_signature_is_valid_only_under_the_root_that_the_record_names():
    lists = (revocation_list(WORLD.middle), revocation_list(WORLD.root))
    data = signed(good(), WORLD.lab, WORLD.middle, stamper=WORLD.stamper, lists=lists)
    found = examined(data, WORLD.root.der, stamps=(WORLD.stamp_root.der,))
    assert (found.signature, found.time_source, found.revocation, found.signed_at) == (
        "valid", "timestamp", "good", f"{SIGNED:%Y-%m-%dT%H:%M:%SZ}"
    )  # fmt: skip
    for told, one in ((found.roots, WORLD.root), (found.stamp_roots, WORLD.stamp_root)):
        assert [content.sha256 for content in told] == [hashlib.sha256(one.der).hexdigest()]
    claimed = examined(data, WORLD.root.der, WORLD.stamp_root.der)
    assert (claimed.signature, claimed.time_source, claimed.stamp_roots) == ("valid", "claimed", ())
    with pytest.raises(FormatError, match="stampRoots"):
        of_json(as_json(found) | {"stampRoots": []}, CertificateExamined)
    assert examined(data).signature == "unknown-issuer"


def test_what_was_not_checked_is_said_not_to_be():
    found = examined(good())
    assert (found.signature, found.schema, found.revocation, found.signer) == ("not-signed", "not checked", "not checked", None)


def test_links_findings_and_verdicts_are_counted_and_told():
    found = examined(good((LINK, link("BELOW", "SHA-256", "0" * 64)), (">pass pass<", ">pass fail<")))
    assert [(one.identifier, one.state, one.depth) for one in found.links] == [("BELOW", "missing", 1)]
    assert as_json(found.verdicts) == {"stated": 2, "agreeing": 1, "differing": 1, "undecided": 0, "withoutRule": 0}
    assert ([one.rule for one in found.findings], found.finding_count, found.content) == (["verdict"], 1, "failed")


def test_a_certificate_with_very_many_findings_makes_a_record_that_fits():
    many = "".join(
        "<dcc:quantity><dcc:name><dcc:content>q</dcc:content></dcc:name>"
        f"<si:real><si:value>1</si:value><si:unit>\\nonsense\\tothe{{{number}}}</si:unit></si:real></dcc:quantity>"
        for number in range(2, 302)
    )
    found = examined(good(("   </dcc:list></dcc:data>", f"   {many}</dcc:list></dcc:data>")))
    assert (len(found.findings), found.finding_count > MOST) == (MOST, True)
    assert len(str(as_json(found))) < 48_000


def states() -> dict[str, bytes]:
    data = signed(good(), WORLD.lab, WORLD.middle)
    revoked = revocation_list(WORLD.middle, (WORLD.lab, SIGNED - timedelta(days=2)))
    return {
        "changed": data.replace(b">GOOD-1<", b">GOOD-2<"),
        "broken": re.sub(rb"(<ds:SignatureValue[^>]*>)[^<]*", rb"\1" + b64encode(bytes(range(1, 65))), data),
        "revoked": signed(good(), WORLD.lab, WORLD.middle, lists=(revoked, revocation_list(WORLD.root))),
    }


def test_every_refused_state_has_a_case_here():
    assert set(states()) == REFUSED


@pytest.mark.parametrize("state", sorted(REFUSED))
def test_a_certificate_whose_signature_does_not_hold_is_refused_with_what_to_do(state: str):
    with pytest.raises(
        FormatError, match=rf"c\.xml:1: the certificate is not taken in, its signature is {state}: .*ask the laboratory"
    ):
        check_signature(states()[state], name="c.xml", roots=(WORLD.root.der,), now=NOW)


def test_one_that_is_not_signed_or_of_an_unknown_issuer_is_taken_in():
    check_signature(good(), name="c.xml", roots=(), now=NOW)
    check_signature(signed(good(), WORLD.lab, WORLD.middle), name="c.xml", roots=(), now=NOW)
