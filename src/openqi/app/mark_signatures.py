"""Signatures of marks records, verified for each answer; while one state of a log is held, once for each record."""

from typing import Final, Literal

from openqi.app.issues import Issue
from openqi.kernel.errors import VerificationError

Verdict = tuple[Literal["passed", "failed"], str]
_MOST: Final = 4096


def verdict_on(issue: Issue) -> Verdict:
    """Return whether the signature of a marks record holds, verified now, and what else keeps its marks from being proved."""
    if issue.key is None:
        return "failed", issue.detail
    try:
        issue.key.verify(issue.signed, issue.logged.record.signature)
    except VerificationError as error:
        return "failed", str(error)
    return "passed", issue.detail


class Verdicts:
    """What was verified, remembered between `hold` and `let_go`, which is for a second, and no longer.

    Verification takes ten times as long as all else of an answer, and the same bytes under the same key hold or do not.
    """

    def __init__(self) -> None:
        self._held: dict[str, tuple[Issue, Verdict]] | None = None

    def hold(self) -> None:
        """Forget what was verified, and remember what is from now on."""
        self._held = {}

    def let_go(self) -> None:
        """Forget it, and verify each time."""
        self._held = None

    def on(self, issue: Issue) -> Verdict:
        """Return `verdict_on` an issue; of this very issue, never of one that was judged anew since."""
        if self._held is None:
            return verdict_on(issue)
        name = issue.logged.record.id
        kept = self._held.get(name)
        if kept is not None and kept[0] is issue:
            return kept[1]
        if len(self._held) >= _MOST:
            self._held.clear()
        verdict = verdict_on(issue)
        self._held[name] = issue, verdict
        return verdict
