"""Whether marks that are to be printed were issued by a log and stand: a label for anything else helps nobody but a forger."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from openqi.app.marks import MarkAnswer, mark_answer, reading_marks
from openqi.kernel.errors import RefusedError

_SHOWN: Final = 3


def check_issued(marks: Sequence[str], ledger: Path) -> None:
    """Raise RefusedError unless a ledger folder has issued every mark and none was withdrawn.

    Raises:
        RefusedError: a mark was not issued there, was withdrawn, or is not proved.
        NotFoundError, FormatError, StoreError: the ledger cannot be read.
    """
    wrong: list[tuple[str, str]] = []
    with reading_marks(ledger) as reader:
        for mark in marks:
            answer = mark_answer(reader, mark, scanned=False)
            if not isinstance(answer, MarkAnswer):
                wrong.append((mark, "not issued here"))
            elif answer.standing != "issued":
                wrong.append((mark, answer.standing))
    if wrong:
        shown = "; ".join(f"{mark}: {why}" for mark, why in wrong[:_SHOWN])
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise RefusedError(
            "issued", f"{len(wrong)} of {len(marks)} marks are not to be printed: {shown}{more}; nothing was written"
        )
