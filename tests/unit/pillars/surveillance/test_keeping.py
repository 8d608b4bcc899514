"""Rows that are kept in a process: read and checked once, noted each time, and never taken for another content."""

import pytest

from inspection_stage import Inspections, firms
from openqi.kernel.errors import NotFoundError, VerificationError
from openqi.pillars.surveillance import keeping
from openqi.records import Items, of_json
from openqi.records.draw_rows import DrawnRow, VisitRow
from openqi.records.inspections import VisitReported
from openqi.records.rows import decoded


@pytest.fixture
def empty() -> None:
    """Nothing is kept yet."""
    keeping.checked_rows.cache_clear()


def items_of(s: Inspections, count: int) -> Items:
    return s.rowed([VisitRow(day="2026-01-06", object=f"firm {place}") for place in range(count)])


class Reading:
    """A view of blobs that notes their names; `edited` gives another content for all."""

    def __init__(self, s: Inspections, edited: bytes | None = None) -> None:
        self.store, self.edited, self.noted = s.store, edited, list[str]()

    def blob(self, name: str) -> bytes:
        self.noted.append(name)
        return self.store.blob(name) if self.edited is None else self.edited


@pytest.mark.usefixtures("empty")
def test_reports_of_a_draw_read_who_was_drawn_once_and_rest_on_the_same(monkeypatch: pytest.MonkeyPatch):
    times = []
    monkeypatch.setattr(keeping, "decoded", lambda lines, row: (times.append(row), decoded(lines, row))[1])
    s = Inspections()
    made = s.draw(firms(12))
    s.until("2026-02-01T00:00:00+00:00")
    records = [s.report(made, f"firm {place}") for place in range(12)]
    assert times == [DrawnRow]
    name = made.body["items"]["rows"]["sha256"]
    assert all(one.basis is not None and one.basis["blobs"] == [name] for one in records)
    assert records[0].kind == VisitReported.KIND


@pytest.mark.usefixtures("empty")
def test_a_content_that_was_edited_or_is_gone_is_not_taken_for_the_one_that_is_kept():
    s = Inspections()
    items = items_of(s, 3)
    kept = keeping.rows_kept(Reading(s), items, VisitRow)  # type: ignore[arg-type]
    again = Reading(s)
    assert keeping.rows_kept(again, items, VisitRow) is kept  # type: ignore[arg-type]
    assert again.noted == [items.rows.sha256]
    edited = s.store.blob(items.rows.sha256).replace(b"firm 1", b"firm 7")
    with pytest.raises(VerificationError):
        keeping.rows_kept(Reading(s, edited), items, VisitRow)  # type: ignore[arg-type]
    other = of_json({"count": 2, "root": items.root, "rows": {"mediaType": items.rows.media_type, "sha256": items.rows.sha256,
                                                              "size": items.rows.size}}, Items)  # fmt: skip
    with pytest.raises(VerificationError):
        keeping.rows_kept(Reading(s), other, VisitRow)  # type: ignore[arg-type]
    s.store.erase_blob(items.rows.sha256)
    with pytest.raises(NotFoundError):
        keeping.rows_kept(Reading(s), items, VisitRow)  # type: ignore[arg-type]


@pytest.mark.usefixtures("empty")
def test_no_more_is_kept_than_may_be(monkeypatch: pytest.MonkeyPatch):
    s = Inspections()
    for count in range(1, keeping.MOST_CONTENTS + 5):
        keeping.rows_kept(Reading(s), items_of(s, count), VisitRow)  # type: ignore[arg-type]
    assert keeping.checked_rows.cache_info().currsize == keeping.MOST_CONTENTS
    keeping.checked_rows.cache_clear()
    monkeypatch.setattr(keeping, "MOST_BYTES", 300)
    assert len(keeping.rows_kept(Reading(s), items_of(s, 40), VisitRow).rows) == 40  # type: ignore[arg-type]
    assert keeping.checked_rows.cache_info().currsize == 0
