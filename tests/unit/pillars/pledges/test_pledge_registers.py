"""Registers of pledges: rows are those of the plain definition of a fold, and strangers and sealed records move none."""

from openqi.evidence.fold import Row
from openqi.evidence.sealing import seal
from openqi.pillars.governance.pledges.register import MODEL_FIRMS, PLEDGE_EDITIONS, PLEDGE_PROOFS, PLEDGE_SIGNATURES, signature_key
from openqi.pillars.governance.pledges.showing import ShowObligation
from openqi.records import body, statement
from openqi.records.pledges import PledgeEnded, PledgeProved, PledgeSigned
from openqi.store.store import Incoming
from pledge_stage import NAMED, Pledges

ALL = (PLEDGE_EDITIONS, PLEDGE_SIGNATURES, PLEDGE_PROOFS, MODEL_FIRMS)


def lived() -> Pledges:
    """A stage where everything happened once, and some of it was withdrawn."""
    s = Pledges()
    edition, programme = s.publish(), s.programme()
    signed = s.sign(edition)
    s.review(programme, signed)
    s.show(signed, "system", "2026-01-10", "2026-01-10")
    s.withdraw(s.prove(signed), s.association)
    s.prove(signed, proof="https://association.example/pledge/proof/2")
    s.withdraw(s.end(signed), s.maker)
    s.review(programme, signed)
    s.end(signed, s.association)
    again = s.sign(edition)
    s.withdraw(again, s.maker)
    s.withdraw(s.publish(edition="2027"), s.association)
    return s


def rows(s: Pledges, fold) -> dict[str, Row]:
    return {str(row["key"]): row for row in s.store.page(fold, limit=200).rows}


def test_rows_are_those_of_the_fold_by_its_plain_definition():
    s = lived()
    for fold in ALL:
        plain: dict[str, Row] = {}
        for logged in s.store.scan():
            for key in fold.keys(logged):
                stepped = fold.step(plain.get(key), logged)
                plain.pop(key, None)
                if stepped is not None:
                    plain[key] = stepped
        assert rows(s, fold) == {key: {**found, "key": key} for key, found in plain.items()}
        assert plain
        assert all(set(found) == set(fold.columns) for found in plain.values()), fold.name


def test_a_signature_tells_what_became_of_it():
    s = lived()
    first, second = sorted(rows(s, PLEDGE_SIGNATURES).values(), key=lambda row: str(row["since"]))
    assert (first["shown"], first["proofs"], first["proof_number"], first["ended_by"], first["withdrawn"]) == (
        1, 2, "2026-0001", "association", None,
    )  # fmt: skip
    assert second["withdrawn"] is not None
    assert (second["ended"], second["shown"], second["proof"]) == (None, 0, None)


def test_what_somebody_only_states_or_another_firm_says_moves_no_row():
    s = Pledges()
    signed = s.sign()
    before = rows(s, PLEDGE_SIGNATURES)
    proved = PledgeProved(
        proof="https://rival.example/proof", number="1", firm=s.maker.party, pledge=signed.body["pledge"], signed=signed.id,
        valid_from=signed.valid_from,
    )  # fmt: skip
    ended = PledgeEnded(
        firm=s.maker.party, pledge=signed.body["pledge"], signed=signed.id, by="firm", ended_at=signed.valid_from, reason=NAMED,
        open_complaints=0,
    )  # fmt: skip
    for said in (proved, ended, body(signed, PledgeSigned)):
        record = seal(statement(said), issuer=s.rival.party, key=s.rival.key, now=s.ledger.now())
        s.store.append([Incoming(record=record)], checkpoint=s.ledger.checkpoint)
    assert rows(s, PLEDGE_SIGNATURES) == before
    assert not rows(s, PLEDGE_PROOFS)


def test_what_only_some_may_see_moves_no_row_that_all_see():
    s = Pledges()
    signed = s.sign()
    before = s.store.row(PLEDGE_SIGNATURES, signature_key(signed.id, s.store.origin))
    command = ShowObligation(
        signed=signed.id, obligation="system", first_day="2026-01-10", last_day="2026-01-10", documents=(s.document(),),
        visible_to=(s.association.party,),
    )  # fmt: skip
    sealed = s.do(command, s.maker)
    assert not sealed.public
    assert s.store.row(PLEDGE_SIGNATURES, signature_key(signed.id, s.store.origin)) == before
