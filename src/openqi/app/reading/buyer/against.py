"""What is known against a mark, in one list, the gravest first: a page says "nothing known against it" where the list is empty."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from openqi.app.reading.naming import Named

if TYPE_CHECKING:
    from openqi.app.reading.marks import MarkPage

Sort = Literal["mark-withdrawn", "certificate-withdrawn", "not-proved", "troubles", "claims", "cases"]


@dataclass(frozen=True, kw_only=True)
class Against:
    """One thing that is known. `record` says so, where one does; `about` names what it is about; `why` is as it was stated."""

    sort: Sort
    grave: bool = False
    count: int = 0
    record: str = ""
    about: Named | None = None
    why: str = ""


def against(page: "MarkPage") -> tuple[Against, ...]:
    """Return what is known against a mark; nothing for one that was not issued here, of which nothing is known at all."""
    if page.issued is None:
        return ()
    found: list[Against] = []
    if page.standing == "withdrawn":
        sort: Sort = "certificate-withdrawn" if page.withdrawn == "certificate" else "mark-withdrawn"
        found.append(Against(sort=sort, grave=True, why=page.reason))
    elif page.standing == "not proved":
        found.append(Against(sort="not-proved", grave=True, why=page.detail))
    elif page.issued.troubles:
        found.append(Against(sort="troubles", grave=True, count=len(page.issued.troubles)))
    if page.claims > 1:
        found.append(Against(sort="claims", count=page.claims))
    if page.cases:
        found.append(Against(sort="cases", count=page.cases))
    return tuple(found)
