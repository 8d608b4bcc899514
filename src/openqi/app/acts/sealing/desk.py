"""Everything that a station writes with, joined: previews and seals, drafts, tickets for keys elsewhere, tables of many acts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openqi.app.acts.acts import Act
from openqi.app.acts.sealing.imports import Imports
from openqi.app.acts.sealing.papers import Drafts, Papers
from openqi.app.acts.sealing.tickets import Tickets
from openqi.app.acts.sealing.writing import Hands, Writing
from openqi.app.acts.uploads import Columns, own_names, resolved
from openqi.app.ledger import Ledger
from openqi.store.desk.desk import Desk


@dataclass(frozen=True, kw_only=True)
class WritingDesk:
    """What pages and programs write with.

    Args:
        writing: previews and seals.
        papers: what is not finished, of every sort; `forget` erases an account's.
        drafts, tickets, imports: the same, sort by sort.
    """

    writing: Writing
    papers: Papers
    drafts: Drafts
    tickets: Tickets
    imports: Imports

    def resolved(self, act: Act, arguments: Any, columns: Columns = own_names) -> Any:
        """Return arguments in which every upload has become what evidence says of it, its content kept.

        Raises:
            FieldsError: a file is not what is wanted.
        """
        return resolved(act, arguments, keep=self.keep, columns=columns)

    def keep(self, content: bytes) -> str:
        """Keep a content beside the log and return its SHA-256; it is evidence only when a record names it."""
        return self.writing.ledger.store.put_blob(content)


def writing_desk(ledger: Ledger, desk: Desk, hands: Hands, chance: Callable[[int], bytes]) -> WritingDesk:
    """Return everything to write with, on one ledger and one desk."""
    writing, papers = Writing(ledger, desk, hands), Papers(desk, ledger.now, chance)
    return WritingDesk(
        writing=writing, papers=papers, drafts=Drafts(papers), tickets=Tickets(writing, papers), imports=Imports(writing, papers)
    )
