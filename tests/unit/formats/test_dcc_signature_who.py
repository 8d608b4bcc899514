"""Who signed, wherever the certificate stands; who is believed to stamp time; about whom an answer on revocation speaks."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from openqi.formats.dcc.signature.report import SignatureReport
from openqi.formats.dcc.signature.verify import verify_signature
from unit.formats.dcc_good import good
from unit.formats.dcc_signing import SIGNED, Party, World, party, revocation_list, signed
from unit.formats.test_dcc_signature_hostile import certified

SOON = "2024-07-01T00:00:00Z"


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def report(data: bytes, roots: tuple[Party, ...], stampers: tuple[Party, ...] = ()) -> SignatureReport:
    """What a signature comes to for one who believes these issuers."""
    return verify_signature(data, roots=[one.der for one in roots], stamp_roots=[one.der for one in stampers], now=SOON)


def step(found: SignatureReport, name: str) -> tuple[str, str]:
    """State and reason of a step."""
    return next((state, why) for one, state, why in found.steps if one == name)


# Who signed.


@pytest.mark.parametrize("named", [True, False], ids=["named by its digest", "named by its key alone"])
def test_the_certificates_beside_a_key_may_stand_in_any_order(world: World, named: bool):
    """An issuer that stood before the signer made a good signature `broken`."""
    for beside in ((world.middle, world.lab), (world.root, world.middle, world.lab), (world.lab, world.middle), (world.middle,)):
        data = signed(good(), world.lab, world.lab, world.middle, beside=beside, named=named)
        found = report(data, (world.root,))
        assert (found.state, found.signer) == ("valid", "CN=lab")


def test_of_two_certificates_for_one_key_the_named_one_is_the_signers(world: World):
    other = Party(world.lab.key, certified("other", "root", world.root.key, key=world.lab.key).certificate)
    for beside in ((other, world.lab), (world.lab, other)):
        assert report(signed(good(), world.lab, world.middle, beside=beside), (world.root,)).signer == "CN=lab"
    without = report(signed(good(), world.lab, world.middle, beside=(other,)), (world.root,))
    assert (without.state, step(without, "signed properties")[0]) == ("broken", "passed")
    assert without.steps[-1][2] == "they name another certificate as that of the signer"


def test_a_signature_by_none_of_the_keys_that_it_carries_is_broken(world: World):
    found = report(signed(good(), party("stranger"), world.lab, world.middle, beside=(world.middle, world.lab)), (world.root,))
    assert (found.state, step(found, "signature")[0]) == ("broken", "failed")


def test_the_key_of_an_issuer_signs_no_document_wherever_it_stands(world: World):
    found = report(signed(good(), world.middle, world.lab, beside=(world.lab, world.middle)), (world.root,))
    assert (found.state, found.signer) == ("broken", "CN=middle")


# Who stamps time.


def test_an_issuer_is_believed_for_what_it_was_named_for(world: World):
    """One list stood for both, so that whoever believed a stamper believed its certificates on signers too."""
    data = signed(good(), world.lab, world.middle, stamper=world.stamper)
    assert report(data, (world.root,), (world.stamp_root,)).time_source == "timestamp"
    assert report(data, (world.root, world.stamp_root)).time_source == "claimed"
    assert report(data, (world.stamp_root,), (world.root,)).state == "unknown-issuer"
    cuckoo = signed(good(), party("lab", world.stamp_root), stamper=world.stamper)
    assert report(cuckoo, (world.root,), (world.stamp_root,)).state == "unknown-issuer"


def test_a_stamper_whose_revocation_was_not_checked_is_not_said_to_have_passed(world: World):
    for lists, state in (((), "not checked"), ((revocation_list(world.stamp_root),), "passed")):
        found = report(
            signed(good(), world.lab, world.middle, stamper=world.stamper, lists=lists), (world.root,), (world.stamp_root,)
        )
        assert (found.time_source, step(found, "time")[0]) == ("timestamp", state)
        assert ("whether CN=stamper was revoked is not checked" in step(found, "time")[1]) == (state == "not checked")
    lists = (revocation_list(world.stamp_root, (world.stamper, SIGNED - timedelta(days=3))),)
    found = report(signed(good(), world.lab, world.middle, stamper=world.stamper, lists=lists), (world.root,), (world.stamp_root,))
    assert (found.time_source, step(found, "time")[0]) == ("claimed", "not checked")


# About whom an answer on revocation speaks.


def answer(about: Party, issuer: Party, by: Party, algorithm: hashes.HashAlgorithm) -> bytes:
    """An answer that a certificate of an issuer is good, signed by `by`."""
    made = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=about.certificate, issuer=issuer.certificate, algorithm=algorithm, cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=SIGNED - timedelta(hours=1), next_update=SIGNED + timedelta(days=1), revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, by.certificate)
    )  # fmt: skip
    return made.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()], ids=lambda one: one.name)
@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_an_answer_names_its_issuer_by_name_and_by_key(world: World, kind: str, algorithm: hashes.HashAlgorithm):
    """An answer about a certificate of another key with the same name and number counted."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048) if kind == "RSA" else None
    issuer = certified("issuer", "root", world.root.key, key=key, ca=True)
    namesake = certified("issuer", "root", world.root.key, ca=True)
    lab = certified("lab", "issuer", issuer.key)
    lists = (revocation_list(world.root),)
    for about, told in ((issuer, "good"), (namesake, "not checked"), (world.middle, "not checked")):
        answers = (answer(lab, about, issuer, algorithm),)
        found = report(signed(good(), lab, issuer, lists=lists, answers=answers), (world.root,))
        assert (found.state, found.revocation) == ("valid", told), about.certificate.subject
