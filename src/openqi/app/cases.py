"""Opening cases: a problem that somebody reports with a marked product becomes a record, without the words of the report."""

import os
from pathlib import Path

from openqi.app.files import unlocked
from openqi.app.folder import LedgerFolder, is_ledger, ledger_folder, now
from openqi.app.ledger import Ledger, Signer
from openqi.app.targets import find_mark
from openqi.app.workspace.build import ledger_path
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.canonical import base64url
from openqi.evidence.commitment import commitment
from openqi.formats.digital_link import mark_name
from openqi.kernel.errors import NotFoundError
from openqi.records import Names
from openqi.records.surveillance import CaseOpened


class CaseDesk:
    """Seals cases for the operator of a log, whose keys it holds."""

    def __init__(self, place: LedgerFolder, *, log_key: SigningKey, operator_key: SigningKey) -> None:
        self._place, self._log_key, self._operator_key = place, log_key, operator_key
        self._operator = place.operator

    def open_case(self, mark: str, matter: Names, text: str) -> tuple[str, str, bytes]:
        """Return the record of the new case, its URI, and the salt under which it commits to the text.

        The salt and the text are kept beside by whoever asks; without the salt nobody can show what the text was.

        Raises:
            NotFoundError: this log did not issue the mark.
            RefusedError: the operator's key may no longer sign.
        """
        salt = os.urandom(16)
        with self._place.reading() as store:
            found = find_mark(store, mark)
            if found is None:
                raise NotFoundError("this mark was not issued here, so no case is opened on it")
            ledger = Ledger(store, log_key=self._log_key, clock=now, chance=os.urandom)
            case = f"urn:openqi:case:{base64url(os.urandom(12))}"
            body = CaseOpened(
                case=case,
                mark=mark_name(mark),
                marks=found.record,
                received_by=self._operator,
                channel="mark-page",
                matter=matter,
                report=commitment(text, salt),
            )
            record = ledger.state(body, Signer(party=self._operator, key=self._operator_key))
            store.publish()
        return record.id, case, salt


def case_desk(folder: Path, passphrase: str) -> CaseDesk:
    """Return the desk of a workspace or ledger; its keys are unlocked once, now.

    Raises:
        NotFoundError: there is no ledger.
        RefusedError: the passphrase is wrong.
    """
    place = ledger_folder(folder if is_ledger(folder) else ledger_path(folder))
    log_key, operator_key = unlocked(place.log_key, passphrase), unlocked(place.operator_key, passphrase)
    return CaseDesk(place, log_key=log_key, operator_key=operator_key)
