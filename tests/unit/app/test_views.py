"""The view that a decision reads through: as of a size and an instant, and noting everything."""

import pytest

from openqi.app.views import noting_view
from openqi.evidence.view import running_digest
from openqi.kernel.errors import NotFoundError
from stage import ITEM, Stage

NOW = "2026-11-20T10:00:00Z"


def test_what_came_after_the_size_is_not_there():
    stage = Stage()
    first = stage.result()
    size = stage.store.size()
    later = stage.result(value="2000")
    view = noting_view(stage.store, known_at=size, valid_at=NOW)
    assert view.stream(ITEM) == (first,)
    assert view.record(first.id) == first
    with pytest.raises(NotFoundError, match=f"record {later.id} came into the log after size {size}"):
        view.record(later.id)
    for known_at in range(size + 2):
        at = noting_view(stage.store, known_at=known_at, valid_at=NOW)
        assert [one.id for one in at.stream(ITEM)] == [one.id for one in (first, later)][: max(0, known_at - size + 1)]


def test_everything_that_was_read_is_noted_also_absence():
    stage = Stage()
    result = stage.result()
    name = stage.store.put_blob(b"content")
    view = noting_view(stage.store, known_at=stage.store.size(), valid_at=NOW)
    assert (view.stream("https://nothing.example"), view.blob(name), view.home(result.id)) == ((), b"content", stage.store.origin)
    view.record(result.id)
    view.stream(ITEM)
    basis = view.basis()
    assert (basis.origin, basis.known_at, basis.valid_at) == (stage.store.origin, stage.store.size(), NOW)
    assert (basis.records, basis.blobs) == ((result.id,), (name,))
    noted = {read.subject: (read.count, read.digest) for read in basis.streams}
    assert noted == {ITEM: (1, running_digest([result.id])), "https://nothing.example": (0, bytes(32))}
