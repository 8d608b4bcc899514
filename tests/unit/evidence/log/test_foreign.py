"""Admissions: a record of another log comes with its home and its proof, or not at all."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.app.dossiers import admit
from openqi.evidence.dossiers.dossier import Enclosed, parse_dossier
from openqi.evidence.log.foreign import Admission, parse_admission, verify_admission
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.record import log_entry
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, RefusedError, VerificationError
from stage import Forge, Stage, key_of


class Home:
    """A log with one result, and its admission elsewhere."""

    def __init__(self) -> None:
        self.stage = Stage("home.example/1")
        self.result = self.stage.result()
        forge = Forge.of(self.stage)
        entry = forge.enclosed(self.result)
        self.policy = parse_policy(self.stage.policy)
        self.admission = Admission(
            record=self.result.id, origin=forge.origin, index=entry.index, path=entry.path, checkpoint=forge.checkpoint
        )


HOME = Home()


def test_an_admission_reads_back_and_its_proof_leads_home():
    assert parse_admission(HOME.admission.as_json()) == HOME.admission
    checkpoint = verify_admission(HOME.admission, log_entry(HOME.result), HOME.policy)
    assert (checkpoint.origin, checkpoint.size) == ("home.example/1", HOME.stage.store.size())
    assert verify_admission(HOME.admission, log_entry(HOME.result), None) == checkpoint


@pytest.mark.parametrize(
    "changes",
    [
        {"index": 0}, {"index": 10**9}, {"path": ()}, {"path": (bytes(32),) * 4}, {"origin": "other.example/1"},
        {"checkpoint": Forge(origin="other.example/1", records=[HOME.result]).checkpoint},
        {"checkpoint": Forge(log_key=key_of(99), origin="home.example/1", records=[HOME.result]).checkpoint},
        {"checkpoint": b"hello"}, {"checkpoint": b""},
    ],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_an_admission_that_does_not_lead_home_is_refused(changes):
    with pytest.raises((VerificationError, FormatError)):
        verify_admission(replace(HOME.admission, **changes), log_entry(HOME.result), HOME.policy)


def test_an_admission_of_another_entry_is_refused():
    with pytest.raises(VerificationError):
        verify_admission(HOME.admission, log_entry(HOME.stage.genesis), HOME.policy)


members: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.integers(-1, 3), st.booleans(), st.text(max_size=3), st.just("ab" * 32),
    st.lists(st.text(max_size=4) | st.integers(), max_size=2), st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["record", "origin", "index", "path", "checkpoint", "x"]), members))
def test_any_body_is_an_admission_or_is_refused(stated):
    for changes in (stated, HOME.admission.as_json() | stated):
        try:
            admission = parse_admission(changes)
            verify_admission(admission, b"", None)
        except OpenQIError:
            continue


def test_what_does_not_stand_in_the_dossiers_own_checkpoint_is_not_admitted():
    host = Stage(first_key=101)
    data = HOME.stage.dossier(HOME.result)
    parts = parse_dossier(data)
    policy = HOME.stage.policy.replace(b"quorum none\n", b"") + host.policy
    entry = next(one for one in parts.entries if one.id == HOME.result.id)
    forged: Enclosed = replace(entry, index=entry.index - 1)
    broken = replace(parts, entries=tuple(forged if one is entry else one for one in parts.entries))
    with pytest.raises(RefusedError, match="proved-first"):
        admit(host.ledger, broken.encode(), policy=policy, signer=host.operator)
    assert host.store.size() == 13


def test_a_sealed_foreign_record_stays_where_it_is():
    home, host = Stage("home.example/1"), Stage(first_key=101)
    verdict = home.verdict(home.result(visible_to=()), home.requirement())
    policy = home.policy.replace(b"quorum none\n", b"") + host.policy
    for shown in (lambda record: record.public, lambda record: True):
        taken = admit(host.ledger, home.dossier(verdict, shown=shown), policy=policy, signer=host.operator)
        assert all(record.public for record in taken)
    # The verdict stands in the second log; what it rests on does not, so no dossier of it is made there.
    assert host.store.logged(verdict.id).record == verdict
    with pytest.raises(NotFoundError):
        host.dossier(verdict, policy=policy)
