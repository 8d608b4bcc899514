"""The golden logs of what buyers and promises are about, each a log of its own with its policy and a dossier."""

from collections.abc import Callable
from typing import Any

from openqi.app.dossiers import dossier
from openqi.evidence.record import Record
from tools.golden_complaints import complaints_records
from tools.golden_licences import licences_records
from tools.golden_own_standards import own_standards_records
from tools.golden_pledges import pledges_records
from tools.golden_recalls import recalls_records

Founded = Callable[..., Any]
"""Founds a small world of parties, by `origin` and `first_key`."""


def market_records(found: Founded, made: dict[str, bytes]) -> list[Record]:
    """Return the records of these logs; policies and dossiers are put beside the others that were made."""
    return [
        *_own_standards(found, made),
        *_pledges(found, made),
        *_complaints(found, made),
        *_recalls(found, made),
        *_licences(found, made),
    ]


def _own_standards(found: Founded, made: dict[str, bytes]) -> list[Record]:
    stage = found(origin="own-standards.example/golden", first_key=201)
    records = own_standards_records(stage.ledger, stage.parties["operator"], stage.register("laboratory"))
    made["policy-own-standards.txt"] = stage.ledger.policy()
    made["dossiers/own-standard.openqi"] = dossier(stage.store, records[-1].id, policy=stage.ledger.policy())
    return records


def _pledges(found: Founded, made: dict[str, bytes]) -> list[Record]:
    """The records of pledges; the dossier is of the review, which rests on all others but the end."""
    stage = found(origin="pledges.example/golden", first_key=201)
    parties = stage.parties["operator"], stage.register("laboratory"), stage.register("reviewer")
    records = pledges_records(stage.ledger, *parties)
    made["policy-pledges.txt"] = stage.ledger.policy()
    made["dossiers/review.openqi"] = dossier(stage.store, records[-2].id, policy=stage.ledger.policy())
    return records


def _complaints(found: Founded, made: dict[str, bytes]) -> list[Record]:
    """The records of complaints and disputes; the dossier is of a dispute, which is public: what is sealed has none for all."""
    stage = found(origin="complaints.example/golden", first_key=221)
    parties = (stage.register(name) for name in ("laboratory", "reviewer", "standards"))
    records = complaints_records(stage.ledger, stage.parties["operator"], *parties)
    made["policy-complaints.txt"] = stage.ledger.policy()
    made["dossiers/dispute.openqi"] = dossier(stage.store, records[-1].id, policy=stage.ledger.policy())
    return records


def _recalls(found: Founded, made: dict[str, bytes]) -> list[Record]:
    """The records of recalls; the dossier is of the end of one, which rests on its editions and reports."""
    stage = found(origin="recalls.example/golden", first_key=241)
    records = recalls_records(stage.ledger, stage.parties["operator"], stage.register("laboratory"))
    made["policy-recalls.txt"] = stage.ledger.policy()
    made["dossiers/recall.openqi"] = dossier(stage.store, records[3].id, policy=stage.ledger.policy())
    made["records/surveillance.recall-published-1.ordered.jws"] = records[1].jws  # one kind, decided by two commands
    return records


def _licences(found: Founded, made: dict[str, bytes]) -> list[Record]:
    """The records of licensed marks; the dossier is of the recall of all of them, which rests on issue and licence."""
    stage = found(origin="licences.example/golden", first_key=241)
    parties = stage.register("laboratory"), stage.register("reviewer")
    records = licences_records(stage.ledger, stage.parties["operator"], *parties)
    made["policy-licences.txt"] = stage.ledger.policy()
    made["dossiers/recalled-marks.openqi"] = dossier(stage.store, records[-1].id, policy=stage.ledger.policy())
    return records
