"""Who would know another firm's risk, put a model in force that won nothing, or speak for others: where it is refused."""

import pytest

from openqi.app.dossiers import dossier
from openqi.app.ledger import Signer
from openqi.app.reading.private import check_row
from openqi.evidence.batch import parse_item
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.record import Record
from openqi.evidence.view import NotingView
from openqi.kernel.errors import NotFoundError
from openqi.pillars.surveillance.draws.frames import FreezeFrame
from openqi.pillars.surveillance.risk.models import in_force
from openqi.pillars.surveillance.risk.standing_classes import check_classes_of_frame, classes_of_objects
from openqi.records import body
from openqi.records.risk import ModelRegistered, ModelsCompared, RiskSchemePublished
from risk_stage import BLIND, KNOWS, SCHEME, Risk
from stage import Forge, key_of
from surveillance_stage import FRAME, NAMED, firm

NOBODY = Signer(party="https://nobody.example", key=key_of(64))


def open_dossier(stage: Risk, record: Record, leaf: int | None = None) -> bytes:
    """A dossier for a reader to whom every record is shown."""
    return dossier(stage.store, record.id, policy=stage.policy, leaf=leaf, shown=lambda record: True)


def test_no_dossier_of_what_rests_on_a_classification_holds_the_rows_of_others() -> None:
    stage = Risk()
    _, classified = stage.whole_classification()
    appeal = stage.appealed(classified, 6)
    decided, repaired = stage.decided(appeal), stage.repaired(classified, 9, stage.item_list())
    rows = classes_of_objects(stage.ledger.view(), classified.id, repaired.valid_from)
    listing = "".join(f"{name}\teast\t{risk_class}\t1\n" for name, risk_class in rows.items())
    command = FreezeFrame(
        frame=FRAME,
        name=NAMED,
        as_of=repaired.valid_from,
        source=NAMED,
        document=stage.kept(listing.encode()),
        classified=classified.id,
    )
    (frame,) = stage.ledger.perform(command, stage.bureau)
    assert check_classes_of_frame(stage.ledger.view(), frame.id) == 40
    for record in (classified, appeal, decided, repaired, frame):
        data = open_dossier(stage, record)
        for other in (1, 3, 12):
            assert f'"object":"{firm(other)}","probability"'.encode() not in data
            assert f'"object":"{firm(other)}","salt"'.encode() not in data


def test_a_firm_proves_its_own_row_and_sees_nothing_else() -> None:
    stage = Risk()
    _, classified = stage.whole_classification()
    found = parse_dossier(open_dossier(stage, classified, leaf=6))
    assert found.item is not None
    assert firm(6).encode() in found.item.row
    assert [number for number in range(40) if firm(number).encode() in found.item.encode()] == [6]
    assert parse_item(found.item.encode()) == found.item


def test_the_neighbour_in_the_proof_cannot_be_tried_out_because_its_row_has_a_salt() -> None:
    stage = Risk()
    _, classified = stage.whole_classification()
    salts = [row.salt for row in stage.class_rows(classified)]
    assert len({*salts}) == len(salts)
    assert all(len(one) == 32 for one in salts)


def current(stage: Risk, scheme: Record) -> str | None:
    """The model in force."""
    found = in_force(stage.ledger.view(), scheme, body(scheme, RiskSchemePublished))
    return None if found is None else found[0].id


def test_a_comparison_that_a_stranger_decided_puts_no_model_in_force() -> None:
    """A stranger states, in the stream that is read, that a challenger won; replay or the issuer gives it away."""
    stage = Risk()
    scheme = stage.scheme()
    champion = stage.model(scheme, BLIND)
    challenger = stage.model(scheme, KNOWS, name="2", first=False)
    features = stage.features(scheme)
    made = stage.held_out()
    stage.reported(made)
    compared = stage.compared(scheme, challenger, features, made)
    forge = Forge.of(stage)
    forge.records.remove(compared)
    won = body(compared, ModelsCompared)
    for number, name in ((64, "nobody"), (61, "bureau")):
        signer = Signer(party=f"https://{name}.example", key=key_of(number))
        record = forge.state(won, signer)  # stated, not decided: it rests on nothing
        view = _view(stage, forge)
        found = in_force(view, scheme, body(scheme, RiskSchemePublished))
        assert found is not None and found[0].id == champion.id, record.issuer
    decided = forge.state(won, NOBODY, command=compared.command, basis=compared.basis)
    found = in_force(_view(stage, forge), scheme, body(scheme, RiskSchemePublished))
    assert decided.basis is not None and found is not None and found[0].id == champion.id
    assert current(stage, scheme) == challenger.id


def _view(stage: Risk, forge: Forge) -> NotingView:
    """What a reader of a forged log sees."""
    known = {record.id: record for record in forge.records}
    return NotingView(
        origin=stage.store.origin, known_at=len(forge.records), valid_at="2023-12-01T00:00:00Z", record=known.__getitem__,
        stream=forge.stream, blob=stage.store.blob, home=lambda name: stage.store.origin,
    )  # fmt: skip


def test_a_second_first_model_is_never_in_force() -> None:
    """Whoever forges a log with two first registrations moves nothing: the earliest counts."""
    stage = Risk()
    scheme = stage.scheme()
    first = stage.model(scheme, BLIND)
    forge = Forge.of(stage)
    again = body(first, ModelRegistered)
    forge.state(again, Signer(party="https://bureau.example", key=key_of(61)), command=first.command, basis=first.basis)
    found = in_force(_view(stage, forge), scheme, body(scheme, RiskSchemePublished))
    assert found is not None and found[0].id == first.id
    assert SCHEME in again.risk_scheme


def test_no_reader_is_shown_the_row_of_another_whatever_place_it_asks_for() -> None:
    stage = Risk()
    _, classified = stage.whole_classification()
    for leaf in (0, 6, 39):
        for asks in (None, stage.stranger.party, firm(7)):
            with pytest.raises(NotFoundError, match="private"):
                check_row(stage.store, classified.id, leaf, asks)
        check_row(stage.store, classified.id, leaf, stage.bureau.party)
    check_row(stage.store, classified.id, 6, firm(6))
    check_row(stage.store, classified.id, None, None)
    with pytest.raises(NotFoundError, match="private"):
        check_row(stage.store, str(classified.body["features"]), 6, None)


def test_a_first_model_that_a_stranger_registered_under_the_scheme_is_not_in_force() -> None:
    """It lies in the stream before ours, names our scheme and a command: its issuer does not act under the scheme."""
    stage = Risk()
    scheme = stage.scheme()
    first = stage.model(scheme, BLIND)
    forge = Forge.of(stage)
    forge.records.remove(first)
    forge.state(body(first, ModelRegistered), NOBODY, command=first.command, basis=first.basis)
    assert in_force(_view(stage, forge), scheme, body(scheme, RiskSchemePublished)) is None
    forge.add(first)
    found = in_force(_view(stage, forge), scheme, body(scheme, RiskSchemePublished))
    assert found is not None and found[0].id == first.id
