"""Checking a recall notice against rules that are data: a finding an element, and time limits on the calendar at hand."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from openqi.app.published import calendar_at_hand, calendar_names
from openqi.app.recalls.notice import Notice, texts_of
from openqi.formats.recalls.days import day_of
from openqi.kernel.errors import DomainError, NotFoundError
from openqi.science.calendars.limits import Limit, end_of_limit
from openqi.science.calendars.texts import calendar_of

State = Literal["there", "missing", "softening", "unclear", "unknown", "in time", "late", "open"]
"""`unknown` is what the source has no place for; `open` a limit of which nobody says that it was kept, `detail` its last day."""
BAD: Final = frozenset({"missing", "softening", "unclear", "late"})
_CONTACT: Final = re.compile(r"https?://|@|(?:[0-9][ ()/.-]?){6,}")
_CHINA: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, kw_only=True)
class NoticeFinding:
    """What was found of one element of a rule, or of one of its time limits.

    Args:
        element: its name in the rules.
        zh, en: what it is called.
        state: what was found.
        detail: the words that soften, the day until which, what is unclear.
        unverified: whether nobody has compared this with the text of the rule.
    """

    element: str
    zh: str
    en: str
    state: State
    detail: str = ""
    unverified: bool = False


@dataclass(frozen=True, kw_only=True)
class NoticeChecked:
    """A notice beside a set of rules."""

    rules: str
    name: Mapping[str, str]
    source: Mapping[str, str]
    unverified: tuple[str, ...]
    findings: tuple[NoticeFinding, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is missing, softened, unclear or late, as far as it is known."""
        return not any(one.state in BAD for one in self.findings)


def rule_names() -> tuple[str, ...]:
    """Return the names of the sets of rules that come with the package."""
    folder = files("openqi.app.recalls") / "notices"
    return tuple(sorted(one.name.removesuffix(".json") for one in folder.iterdir() if one.name.endswith(".json")))


@cache
def _rules(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((files("openqi.app.recalls") / "notices" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def notice_checked(notice: Notice, rules: str) -> NoticeChecked:
    """Return a notice beside a set of rules, a finding an element.

    Args:
        notice: what it says.
        rules: one of `rule_names()`.

    Raises:
        NotFoundError: there are no such rules.
    """
    if rules not in rule_names():
        raise NotFoundError(f"no rules {rules[:40]!r} come with the package; there are {', '.join(rule_names())}")
    told = _rules(rules)
    findings = [_element(notice, one, told["softening"]) for one in told["elements"]]
    findings += [_limit(notice, one) for one in told["limits"]]
    return NoticeChecked(
        rules=rules, name=told["name"], source=told["source"], unverified=tuple(told["unverified"]), findings=tuple(findings)
    )


def softening_in(texts: tuple[str, ...], words: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return the words in texts that make a risk look smaller; whether they do there, a person decides."""
    found = [one for one in words["zh"] if any(one in text for text in texts)]
    for one in words["en"]:
        pattern = re.compile(rf"(?<![A-Za-z]){re.escape(one)}(?![A-Za-z])", re.IGNORECASE)
        found += [one] if any(pattern.search(" ".join(text.split())) for text in texts) else []
    return tuple(found)


def _element(notice: Notice, rule: Mapping[str, Any], words: Mapping[str, list[str]]) -> NoticeFinding:
    def found(state: State, detail: str = "") -> NoticeFinding:
        return NoticeFinding(element=rule["element"], zh=rule["name"]["zh"], en=rule["name"]["en"], state=state, detail=detail)

    texts = tuple(one for member in rule["any"] for one in _member(notice, member))
    if rule.get("softening"):
        soft = softening_in(texts, words)
        return found("softening", ", ".join(soft)) if soft else found("there" if texts else "unknown")
    if not texts:
        known = [member for member in rule["any"] if member not in notice.unknown]
        return found("missing" if known else "unknown")
    low = " ".join(texts).casefold()
    if "heading" in rule and not any(one in low for one in rule["heading"]):
        return found("missing", texts[0][:100])
    if "says" in rule and not any(one in low for one in rule["says"]):
        return found("unclear", rule["name"]["en"])
    if "of" in rule and not any(one in low for one in rule["of"]):
        return found("unclear", ", ".join(texts)[:200])
    if rule.get("reachable") and not any(map(_CONTACT.search, texts)):
        return found("unclear", texts[0][:100])
    return found("there")


def _member(notice: Notice, name: str) -> tuple[str, ...]:
    """The texts of a member, or of a member of each line."""
    if not name.startswith("lines."):
        return texts_of(getattr(notice, name))
    part = name.removeprefix("lines.")
    each = [tuple(_of_line(line, part)) for line in notice.lines]
    return tuple(text for texts in each for text in texts)


def _of_line(line: Any, part: str) -> Iterator[str]:
    if part == "made":
        yield from filter(None, (line.made_from, line.made_until))
    else:
        yield from texts_of(line.made if part == "count_made" else getattr(line, part))


def _limit(notice: Notice, rule: Mapping[str, Any]) -> NoticeFinding:
    def found(state: State, detail: str = "") -> NoticeFinding:
        return NoticeFinding(
            element=rule["limit"], zh=rule["name"]["zh"], en=rule["name"]["en"], state=state, detail=detail,
            unverified=bool(rule.get("unverified")),
        )  # fmt: skip

    start, end = getattr(notice, rule["from"]), getattr(notice, rule["to"])
    if not start:
        return found("unknown")
    began, acted = day_of(start), day_of(end) if end else None
    if began is None or (end and acted is None):
        return found("unclear", start if began is None else end)
    try:
        last = last_day(began, rule["count"], rule["unit"])
    except DomainError:
        return found("unknown", "no calendar at hand reaches so far")
    if acted is None:
        return found("open", last)
    return found("in time" if acted <= last else "late", last)


def last_day(began: str, count: int, unit: Any) -> str:
    """Return the last day of a limit that begins on a day, on the calendars of China that come with the package.

    Args:
        began: day of the event, which is not counted.
        count, unit: how many of what.

    Raises:
        DomainError: no calendar at hand reaches so far.
    """
    calendar = calendar_of([calendar_at_hand(one, "urn:openqi:calendar:cn") for one in calendar_names() if one.startswith("cn-")])
    event = datetime.combine(datetime.fromisoformat(began).date(), time(12), _CHINA)
    end = end_of_limit(Limit(count=count, unit=unit), event, calendar)
    return calendar.day_of(end - timedelta(seconds=1)).isoformat()
