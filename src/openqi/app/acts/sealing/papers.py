"""What somebody has not finished: drafts, tickets and imports of one account under one hat, bounded, and never evidence."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from openqi.app.acts.acts import act_of
from openqi.app.acts.sealing.writing import hat_worn
from openqi.app.people.visitor import Visitor
from openqi.evidence.canonical import base64url
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.store.desk import writing as tables
from openqi.store.desk.desk import Desk
from openqi.store.desk.writing import Paper

MOST: Final[Mapping[str, int]] = {"draft": 200, "ticket": 500, "import": 20}
"""Papers of a sort that one account may have."""
MOST_BYTES: Final[Mapping[str, int]] = {"draft": 500_000, "ticket": 500_000, "import": 4_000_000}
"""Bytes of one paper of a sort."""

TICKETS_KEPT: Final = timedelta(days=2)
"""So long a ticket stays, longer than its signature may take: who lost the answer sends the signatures again."""
TOKENS_KEPT: Final = timedelta(days=400)
"""So long a form that is sent again is known to be the same."""


class Papers:
    """Keeps what is not finished.

    Args:
        desk: where it lies.
        now: the present instant as text.
        chance: as many random bytes as asked for.
    """

    def __init__(self, desk: Desk, now: Callable[[], str], chance: Callable[[int], bytes]) -> None:
        self._desk, self._now, self._chance = desk, now, chance

    def put(self, what: str, visitor: Visitor, act: str, content: Mapping[str, Any], *, name: str = "") -> Paper:
        """Return what was kept, in place of the paper of that name where there is one.

        Raises:
            NotFoundError: no such act, or no such paper of this account under this hat.
            FormatError: it is too large.
            RefusedError: the account has too many; no hat is worn.
        """
        party, now = hat_worn(visitor).party, self._now()
        size = len(json.dumps(content))
        if size > MOST_BYTES[what]:
            raise FormatError(f"a {what} has at most {MOST_BYTES[what]} bytes, this one has {size}; send large tables as files")
        before = self.get(what, visitor, name) if name else None
        paper = Paper(
            id=name or base64url(self._chance(16)), what=what, account=visitor.account, party=party, act=act_of(act).name,
            content=content, size=size, made_at=now if before is None else before.made_at, changed_at=now,
        )  # fmt: skip
        with self._desk.writing() as connection:
            tables.drop_old(connection, "ticket", format_instant(parse_instant(now) - TICKETS_KEPT))
            if before is None and tables.count(connection, visitor.account, what)[0] >= MOST[what]:
                raise RefusedError("too-many", f"you have {MOST[what]} {what}s; finish or delete some first")
            tables.put(connection, paper)
        return paper

    def get(self, what: str, visitor: Visitor, name: str) -> Paper:
        """Return a paper.

        Raises:
            NotFoundError: this account has none of that name under this hat.
        """
        with self._desk.reading() as connection:
            found = tables.paper(connection, name[:100])
        mine = found is not None and (found.what, found.account, found.party) == (what, visitor.account, hat_worn(visitor).party)
        if found is None or not mine:
            raise NotFoundError(f"there is no such {what} of yours under this hat; it may have been sealed or deleted")
        return found

    def all(self, what: str, visitor: Visitor) -> tuple[Paper, ...]:
        """Return the papers of a sort, the newest first."""
        return tables.papers(self._desk, visitor.account, what, hat_worn(visitor).party, MOST[what])

    def drop(self, what: str, visitor: Visitor, name: str) -> None:
        """Forget a paper; one that is not there is forgotten already."""
        try:
            paper = self.get(what, visitor, name)
        except NotFoundError:
            return
        with self._desk.writing() as connection:
            tables.drop(connection, paper.id)

    def left(self, what: str, visitor: Visitor) -> tuple[Paper, ...]:
        """Return the papers that people of the visitor's organisation have left behind, for who manages it; nothing for others.

        Raises:
            RefusedError: no hat is worn.
        """
        hat = hat_worn(visitor)
        if not hat.manages:
            return ()
        with self._desk.reading() as connection:
            return tables.papers_left(connection, what, hat.party, self._now(), MOST[what])

    def take_over(self, visitor: Visitor, name: str) -> Paper:
        """Return a draft that somebody has left behind, which is the visitor's from now on.

        Raises:
            NotFoundError: there is no such draft, its author is still there, it was sealed, or the visitor does not manage.
            RefusedError: the visitor has too many drafts; no hat is worn.
        """
        found = next((one for one in self.left("draft", visitor) if one.id == name), None)
        with self._desk.writing() as connection:
            known = None if found is None else tables.noted(connection, found.account, str(found.content.get("token", "")))
            if found is None or (known is not None and known.state == "sealed"):
                raise NotFoundError("nobody has left such a draft behind; it may have been taken over, sealed or deleted")
            if tables.count(connection, visitor.account, "draft")[0] >= MOST["draft"]:
                raise RefusedError("too-many", f"you have {MOST['draft']} drafts; finish or delete some first")
            taken = replace(found, account=visitor.account, changed_at=self._now())
            tables.put(connection, taken)
        return taken

    def tidy(self) -> None:
        """Forget tokens and tickets that are too old to come back; once a day is enough."""
        now = parse_instant(self._now())
        with self._desk.writing() as connection:
            tables.drop_old(connection, "ticket", format_instant(now - TICKETS_KEPT))
            tables.drop_old_tokens(connection, format_instant(now - TOKENS_KEPT))

    def forget(self, account: str) -> None:
        """Forget everything that an account has written and not sealed, and its tokens."""
        with self._desk.writing() as connection:
            tables.forget(connection, account)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A form that is not finished: its texts as they were typed.

    Args:
        act: name of the act.
        flat: name → text.
        token: of the form, so that it is sealed once however often it is taken up.
        zone: of its times.
        reach, also: the audience that was chosen.
        id: of the paper; empty for one that was not kept yet.
        changed_at: when it was last saved.
        told: why it was refused the last time it was sent.
    """

    act: str
    flat: Mapping[str, str]
    token: str
    zone: str = "+08:00"
    reach: str = ""
    also: tuple[str, ...] = ()
    id: str = ""
    changed_at: str = ""
    told: str = ""


class Drafts:
    """Drafts, on the papers of a desk."""

    def __init__(self, papers: Papers) -> None:
        self._papers = papers

    def save(self, visitor: Visitor, draft: Draft) -> Draft:
        """Return the draft as it was kept.

        Raises:
            OpenQIError: as `Papers.put` says.
        """
        content = {"flat": dict(draft.flat), "zone": draft.zone, "reach": draft.reach, "also": list(draft.also)}
        content |= {"token": draft.token, "told": draft.told}
        return _draft(self._papers.put("draft", visitor, draft.act, content, name=draft.id))

    def get(self, visitor: Visitor, name: str) -> Draft:
        """Return a draft; raises NotFoundError."""
        return _draft(self._papers.get("draft", visitor, name))

    def all(self, visitor: Visitor) -> tuple[Draft, ...]:
        """Return the drafts under the hat that is worn, the newest first."""
        return tuple(map(_draft, self._papers.all("draft", visitor)))

    def left(self, visitor: Visitor) -> tuple[Draft, ...]:
        """Return the drafts that people have left behind who act for the organisation no more, for who manages it."""
        return tuple(map(_draft, self._papers.left("draft", visitor)))

    def take_over(self, visitor: Visitor, name: str) -> Draft:
        """Return a draft that somebody has left behind, which is the visitor's from now on; raises as `Papers.take_over`."""
        return _draft(self._papers.take_over(visitor, name[:100]))

    def drop(self, visitor: Visitor, name: str) -> None:
        """Forget a draft."""
        self._papers.drop("draft", visitor, name)


def _draft(paper: Paper) -> Draft:
    told = dict(paper.content)
    return Draft(**told | {"also": tuple(told["also"])}, id=paper.id, act=paper.act, changed_at=paper.changed_at)
