"""The quality file: it leaves nothing out that may be seen, says what is withheld, and its dossier is believed in nothing."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from openqi.app.examine import dossier_report
from openqi.app.folder import ledger_folder, policy_of, readable_by
from openqi.app.quality_file.checking import checked_file
from openqi.app.quality_file.gathering import gathered
from openqi.app.quality_file.sealing import sealed_file
from openqi.app.quality_file.sources import LedgerSource
from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.pillars.governance.pledges.showing import ShowObligation
from openqi.store.store import Store
from pledge_pages import PRODUCT, Register, copied, pledge_folder

KEPT, MAKER = "https://kept.example", "https://maker.example"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Register, Path]:
    folder = tmp_path_factory.mktemp("file") / "ledger"
    return pledge_folder(folder), folder


@pytest.fixture
def store(made: tuple[Register, Path]) -> Iterator[Store]:
    with ledger_folder(made[1]).reading() as opened:
        yield opened


def sealed(store: Store, folder: Path, subject: str, reader: str | None = None, **more: int) -> bytes:
    return sealed_file(store, subject, policy=policy_of(folder) or b"", shown=readable_by(reader), **more)[0]


def test_all_in_the_streams_of_a_firm_and_of_what_it_founded_is_in_its_file(made, store):
    register, _ = made
    found = gathered(LedgerSource(store, size=store.size(), shown=readable_by(None)), KEPT)
    have = {one.record.id for one in found.records}
    mine = ("kept.example", register.signed["kept"].id, register.revoked.id)
    plain = {one.record.id for one in store.scan() if any(name in stream for stream in one.record.streams for name in mine)}
    assert plain <= have
    assert {one.why for one in found.against} == {"withdrawn"}
    assert [one.index for one in found.records] == sorted(one.index for one in found.records)


def test_a_file_of_a_product_has_its_tests_and_no_other_business_of_its_maker(made, store):
    found = gathered(LedgerSource(store, size=store.size(), shown=readable_by(None)), PRODUCT)
    kinds = {one.record.kind for one in found.records}
    assert "conformity.result-judged/1" in kinds
    assert "governance.pledge-proved/1" not in kinds


def test_a_sealed_file_is_proved_and_its_index_comes_out_again(made, store):
    data = sealed(store, made[1], KEPT)
    report, found = dossier_report(data, policy=policy_of(made[1])), checked_file(data)
    assert report.proved == "passed"
    assert found is not None
    assert (found.index, found.failed, found.outcomes["withheld"], found.outcomes["unknown"]) == ("passed", (), 0, 0)
    assert found.outcomes["replayed"] + found.outcomes["stated"] == found.records > 10
    assert sealed(store, made[1], KEPT) == data


def edited(data: bytes, change: dict[str, object], *, without: str = "") -> bytes:
    """The same dossier with another index, or without a record."""
    dossier = parse_dossier(data)
    name, index = next((name, blob) for name, blob in dossier.blobs.items() if blob.startswith(b'{"against"'))
    told = canonical_bytes(json.loads(index) | change, limit=10**7)
    blobs = {one: blob for one, blob in dossier.blobs.items() if one != name} | {sha256(told).hexdigest(): told}
    entries = tuple(replace(one, record=None) if one.id == without else one for one in dossier.entries)
    return replace(dossier, blobs=blobs, entries=entries).encode()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"against": []}, "otherwise"),
        ({"withheld": ["ab" * 32]}, "withheld"),
        ({"log": {"origin": "log.example/pledges", "size": 7}}, "size"),
        ({"records": 3}, "otherwise"),
        ({"pillars": {"governance": []}}, "leaves out"),
        ({"subject": MAKER}, "."),
        ({"subject": "https://nobody.example"}, "nothing"),
    ],
)
def test_an_index_that_says_otherwise_is_refused(made, store, change, why):
    found = checked_file(edited(sealed(store, made[1], KEPT), change))
    assert found is not None
    assert found.index == "failed"
    assert why in found.why
    assert not found.holds


def test_a_record_that_is_taken_out_of_a_file_is_missed(made, store):
    gone = made[0].revoked.id
    data = edited(sealed(store, made[1], KEPT), {}, without=gone)
    found = checked_file(data)
    assert found is not None
    assert gone in found.why
    assert dossier_report(data).proved == "failed"  # nor does a public record stand in the log as a sealed one


def test_what_may_not_be_seen_is_withheld_and_named(tmp_path):
    folder = tmp_path / "ledger"
    register = pledge_folder(folder)
    size, firm = register.store.size(), register.firms["kept"]
    show = ShowObligation(
        signed=register.signed["kept"].id, obligation="warranty", first_day="2026-04-16", last_day="2026-04-18",
        documents=(register.document(),), visible_to=(register.association.party,),
    )  # fmt: skip
    register.until("2026-04-19")
    hidden = register.do(show, firm)
    review = register.review(register.programme(programme="https://association.example/two"), register.signed["kept"])
    copied(register, folder, start=size)
    with ledger_folder(folder).reading() as store:
        public = sealed_file(store, KEPT, policy=policy_of(folder) or b"", shown=readable_by(None))
        party = sealed_file(store, KEPT, policy=policy_of(folder) or b"", shown=readable_by(register.association.party))
    assert hidden.id in review.body["states"][2]["evidence"]
    assert public[1].withheld == (hidden.id,)
    assert hidden.jws not in public[0]
    assert hidden.id in {one.record.id for one in party[1].records}
    assert party[1].withheld == ()
    for data, withheld in ((public[0], 1), (party[0], 0)):
        found = checked_file(data)
        assert found is not None
        assert (found.index, found.withheld, found.failed) == ("passed", withheld, ())
        assert (found.outcomes["withheld"] > 0) == bool(withheld)


def test_a_subject_with_too_many_records_is_refused_with_what_to_do(made, store):
    with pytest.raises(RefusedError, match="ask for one product or batch") as error:
        sealed(store, made[1], KEPT, most=5)
    assert error.value.rule == "file-size"


@pytest.mark.parametrize("subject", ["", "nothing", "https://nobody.example", "https://kept.example#", "\x00", "é" * 3000])
def test_a_subject_that_nothing_is_about_is_not_found(made, store, subject):
    with pytest.raises(NotFoundError, match="nothing that may be seen"):
        sealed(store, made[1], subject)


def test_a_dossier_that_is_no_quality_file_is_none(made, store):
    from openqi.app.dossiers import dossier

    assert checked_file(dossier(store, made[0].proof.id, policy=policy_of(made[1]) or b"")) is None


def test_a_file_that_was_cut_or_changed_anywhere_is_no_dossier(made, store):
    data = sealed(store, made[1], KEPT)
    for place in range(0, len(data), max(1, len(data) // 40)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert dossier_report(changed).first_failure is not None, place
    assert zipfile.is_zipfile(BytesIO(data))
