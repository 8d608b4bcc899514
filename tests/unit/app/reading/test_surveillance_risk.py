"""The risk class of an object: for whom it is about and for who classifies, as appeals have it; nobody gets another's row."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from openqi.app.folder import FOLDS
from openqi.app.ledger import Signer
from openqi.app.reading.context import Context
from openqi.app.reading.reader import Reader
from openqi.app.reading.surveillance.inspected import object_page
from openqi.evidence.record import Record
from openqi.interfaces.web.links import ServerLinks
from openqi.interfaces.web.pages import Pages
from openqi.kernel.errors import NotFoundError
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Names
from openqi.records.governance import Identifier, PartyRegistered
from openqi.store.kinds.local import STOREKIND
from risk_stage import Risk
from stage import party, stated
from surveillance_stage import firm
from web_stage import context_of

NUMBER = 3


def registered(s: Risk, number: int = NUMBER) -> Signer:
    """A firm of the list as a party."""
    own = party(f"firm{number}", 100 + number)
    identifiers = (Identifier(scheme="usci", value=firm(number)),)
    s.ledger.state(PartyRegistered(party=own.party, name=Names(en="Firm"), identifiers=identifiers), s.operator)
    s.ledger.grant_key(own.party, stated(own.key), s.operator)
    return own


@pytest.fixture(scope="module")
def classified() -> Iterator[tuple[Risk, Record, Signer]]:
    s = Risk()
    _, record = s.whole_classification()
    yield s, record, registered(s)


def on(s: Risk, reader: str | None, day: str = "2023-10-01") -> Context:
    """The log as somebody reads it."""
    return context_of(s.store, reader=reader, today=date.fromisoformat(day))


def test_the_object_and_who_classifies_see_class_and_reasons_and_nobody_else_does(classified: tuple[Risk, Record, Signer]):
    s, record, own = classified
    row = s.class_rows(record)[NUMBER]
    for reader in (own.party, s.bureau.party, s.station.party):
        (told,) = object_page(on(s, reader), firm(NUMBER)).classes
        assert (told.row, told.risk_class, told.holds) == (row, row.risk_class, True)
        assert told.row.reasons
    for reader in (None, s.stranger.party, s.operator.party):
        assert object_page(on(s, reader), firm(NUMBER)).classes == ()
    assert object_page(on(s, own.party), firm(NUMBER + 1)).classes == ()


def test_the_proof_that_is_shown_is_enough_for_an_appeal_and_its_outcome_is_told(classified: tuple[Risk, Record, Signer]):
    s, record, own = classified
    (told,) = object_page(on(s, own.party), firm(NUMBER)).classes
    assert not told.appealed
    appeal = s.appealed(record, NUMBER, by=own, **told.proof)
    s.decided(appeal)
    (after,) = object_page(on(s, own.party), firm(NUMBER)).classes
    assert after.appealed
    assert (after.row.risk_class, after.risk_class) == (told.row.risk_class, "A")
    assert [one.kind.partition("/")[0] for one in after.after] == ["surveillance.class-appealed", "surveillance.appeal-decided"]


def test_a_class_is_said_to_be_over_from_its_last_day_and_is_gone_once_it_is_withdrawn():
    s = Risk()
    _, record = s.whole_classification()
    assert [one.holds for one in object_page(on(s, s.bureau.party, "2024-08-02"), firm(1)).classes] == [False]
    s.ledger.perform(Withdraw(record=record.id, reason="wrong list"), s.bureau)
    assert object_page(on(s, s.bureau.party), firm(1)).classes == ()


def test_no_page_and_no_dossier_shows_a_row_of_classes_to_the_public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = STOREKIND.open(tmp_path, origin="log.example/draws", folds=FOLDS)
    s = Risk(store=store)
    _, record = s.whole_classification()
    own = registered(s)
    (tmp_path / "policy.txt").write_bytes(s.ledger.policy())
    (tmp_path / "ledger.json").write_text('{"format":"openqi-ledger/1","origin":"log.example/draws","store":"local"}')
    store.close()
    assert record.public
    with Reader(tmp_path) as reader:
        for party_ in (None, own.party):
            with pytest.raises(NotFoundError, match=r"is private; ask|shown to whom they are about"):
                reader.as_party(party_).tree(record.id, NUMBER)
        with pytest.raises(NotFoundError, match="its rows are not"):
            reader.dossier(record.id, NUMBER)
        assert reader.dossier(record.id)
        assert reader.as_party(s.bureau.party).tree(record.id, NUMBER).told["object"] == firm(NUMBER)
        links = ServerLinks(language="en", kept=True, here="/surveillance/objects")
        for party_, seen in ((own.party, True), (None, False), (s.stranger.party, False)):
            page = object_page(reader.as_party(party_).context(), firm(NUMBER))
            html = Pages(reader).surveillance("object", page, links, own="")
            assert ("How to appeal" in html) is seen
