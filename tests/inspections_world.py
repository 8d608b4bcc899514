"""A market with draws and inspections of two years: thousands of records a second, sealed as decisions would, without deciding."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from openqi.app.ledger import Signer
from openqi.evidence.canonical import base64url
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.evidence.view import Basis
from openqi.kernel.instant import format_instant
from openqi.records import Body, Content, Names, statement
from openqi.records.draw_lists import Counted, FrameFrozen
from openqi.records.draw_rows import DrawnRow, ResultRow
from openqi.records.draws import DrawCommitted, DrawMade, SourceNamed, StratumDrawn, StratumExpected, StratumStated
from openqi.records.inspections import (
    AssignmentChanged,
    FollowUpReported,
    OutcomeCount,
    PassedOver,
    RateEstimated,
    RateStated,
    ResultsPublished,
    VisitReported,
)
from openqi.records.rows import committed, row_line
from openqi.records.tasks import CalendarPublished, LimitPublished
from openqi.store.store import Incoming
from stage import Stage, party

ZERO = "0" * 64
TOWNS = (
    "祖庙街道", "石湾镇街道", "张槎街道", "南庄镇", "桂城街道", "大沥镇", "狮山镇", "西樵镇",
    "大良街道", "容桂街道", "北滘镇", "乐从镇",
)  # fmt: skip
CLASSES = "ABCD"
OUTCOMES = ("conforming",) * 14 + (
    "nonconforming", "nonconforming", "corrected", "not-found", "not-found", "refused", "closed", "not-operating", "deregistered",
    "not-visited",
)  # fmt: skip
REASONS = ("recused", "ill", "other-duty", "day-moved")
FRAME, CALENDAR = "https://office.example/list/toys", "https://operator.example/calendar"
LIMIT, RETEST = "https://operator.example/limit/results", "https://operator.example/limit/re-test"
TODAY = date(2026, 11, 30)
START = datetime(2024, 12, 2, 1, tzinfo=UTC)


@dataclass
class Drawn:
    """One draw as a plain list."""

    uri: str
    committed: Record
    made: Record | None = None
    names: list[str] = field(default_factory=list)
    visits: dict[str, Record] = field(default_factory=dict)
    published: set[str] = field(default_factory=set)


class Market(Stage):
    """A stage with an office that inspects toy shops of twelve towns.

    Args:
        objects: how many the list has.
        private: whether reports of visits are for the office alone until their results are published.
        store: where it is kept; None for memory.
    """

    def __init__(self, objects: int = 600, *, private: bool = False, **more: Any) -> None:
        super().__init__(empty=True, **more)
        self.office = party("office", 40)
        self.welcome(self.office, "market-surveillance-authority")
        self.private, self.chance, self.draws = private, random.Random(3), list[Drawn]()
        self.at = START
        self._waiting: list[Record] = []
        self.objects = {self.named(n): (TOWNS[n % 11] if n % 11 else TOWNS[n % 12], CLASSES[n % 7 % 4]) for n in range(objects)}
        self.limit = self._calendar()
        self.frame = self.froze()

    @staticmethod
    def named(number: int) -> str:
        """The name of an object on the list."""
        return f"9144060{number:011d}"

    def _calendar(self) -> Record:
        told: dict[str, Any] = {"calendar": CALENDAR, "offset": "+08:00", "weekend": ("saturday", "sunday")}
        for year in (2024, 2025, 2026, 2027):
            body = CalendarPublished(
                name=Names(zh="工作日"), source=Names(zh="周一至周五"), since=f"{year}-01-01", until=f"{year}-12-31", **told
            )
            self.ledger.state(body, self.operator)
        limit = LimitPublished(
            limit=LIMIT, name=Names(zh="检查结果公示", en="Publication of results"),
            source=Names(zh="20 个工作日内向社会公示", en="published within 20 working days"), ground="legal", count=20,
            unit="working-days", ends="next-working-day", calendar=CALENDAR, pausing="nobody", valid_from="2024-01-01T00:00:00Z",
        )  # fmt: skip
        retest = LimitPublished(
            limit=RETEST, name=Names(zh="申请复检", en="Asking for a re-test"),
            source=Names(zh="产品质量法第十五条", en="article 15"), ground="legal", count=15, unit="calendar-days",
            ends="next-working-day", calendar=CALENDAR, pausing="nobody",
            valid_from="2024-01-01T00:00:00Z", starts=ResultsPublished.KIND,
        )  # fmt: skip
        self.ledger.state(retest, self.operator)
        return self.ledger.state(limit, self.operator)

    def sealed(self, body: Body, *, visible_to: tuple[str, ...] | None = None, signer: Signer | None = None) -> Record:
        """Seal a record as decided; it is appended with all others by `flush`."""
        who, now = signer or self.office, format_instant(self.at)
        salt = None if visible_to is None else base64url(sha256(f"{len(self._waiting)}{body}".encode()).digest()[:16])
        basis = Basis(origin=self.store.origin, known_at=1, valid_at=now, records=(), streams=()).as_json()
        record = seal(
            statement(body, visible_to=visible_to, salt=salt), issuer=who.party, key=who.key, now=now,
            command={"name": "surveillance.test/1", "arguments": {"now": now}}, basis=basis,
        )  # fmt: skip
        self._waiting.append(record)
        return record

    def flush(self) -> None:
        """Append what was sealed."""
        self.store.append([Incoming(record=one) for one in self._waiting], checkpoint=self.ledger.checkpoint)
        self._waiting = []

    def counted(self, place: int) -> tuple[Counted, ...]:
        """How many objects of the list bear each label: stratum (0) or class (1)."""
        labels = [pair[place] for pair in self.objects.values()]
        return tuple(Counted(label=one, objects=labels.count(one)) for one in sorted(set(labels)))

    def froze(self) -> Record:
        """Freeze the list."""
        lines = "".join(f"{name}\t{town}\t{kind}\t1\n" for name, (town, kind) in self.objects.items()).encode()
        digest = self.store.put_blob(lines)
        body = FrameFrozen(
            frame=FRAME, name=Names(zh="玩具经营者名录", en="Toy sellers"), as_of=format_instant(self.at),
            source=Names(zh="登记库"), root=digest, objects=len(self.objects),
            document=Content(media_type="text/plain", sha256=digest, size=len(lines)),
            strata=self.counted(0), classes=self.counted(1),
        )  # fmt: skip
        record = self.sealed(body)
        self.flush()
        return record

    def commit(self, *, days: int = 30, limit: bool = True, public: bool = True, signer: Signer | None = None) -> Drawn:
        """Commit to a draw whose visits take some days."""
        number, who = len(self.draws) + 1, signer or self.office
        uri = f"{who.party}/draw/{number:03d}"
        first = self.at.date() + timedelta(days=3)
        body = DrawCommitted(
            draw=uri, organiser=who.party, name=Names(zh=f"儿童玩具第 {number} 期抽查", en=f"Toys, draw {number}"),
            purpose=f"toys {number}", frame=self.frame.id, strata=(StratumStated(design="equal", size=10),),
            expected=(StratumExpected(objects=1, drawn="1"),), sources=(self._round(number),),
            version="openqi 0", commitment=sha256(uri.encode()).hexdigest(), visits_from=first.isoformat(),
            visits_until=(first + timedelta(days=days)).isoformat(), publication_limit=self.limit.id if limit else None,
        )  # fmt: skip
        one = Drawn(uri=uri, committed=self.sealed(body, visible_to=None if public else (who.party,), signer=who))
        self.draws.append(one)
        return one

    def _round(self, number: int) -> SourceNamed:
        return SourceNamed(source="drand quicknet", event=str(number), not_before=format_instant(self.at), form="drand")

    def draw(self, one: Drawn, names: Sequence[str], *, hidden: bool = False) -> Record:
        """Say who was drawn."""
        one.names = list(names)
        rows = [
            DrawnRow(
                object=name, place=place, risk_class=self.objects[name][1], stratum=self.objects[name][0], target="1/10",
                ticket=sha256(name.encode()).hexdigest(), why="equal",
            )
            for place, name in enumerate(names, 1)
        ]  # fmt: skip
        items, content = committed(map(row_line, rows))
        self.store.put_blob(content)
        body = DrawMade(
            draw=one.uri, committed=one.committed.id, randomness=(), seed=ZERO, items=items, hidden=hidden,
            strata=(StratumDrawn(design="equal", objects=len(self.objects), drawn=len(names)),),
        )  # fmt: skip
        one.made = self.sealed(body, visible_to=(self.office.party,) if hidden else None)
        return one.made

    def visit(self, one: Drawn, name: str, outcome: str, **more: Any) -> Record:
        """Report a visit."""
        assert one.made is not None
        body = VisitReported(
            draw=one.uri, committed=one.committed.id, made=one.made.id, object=name, at=format_instant(self.at),
            outcome=outcome, **more,  # type: ignore[arg-type]
        )  # fmt: skip
        one.visits[name] = self.sealed(body, visible_to=(self.office.party,) if self.private else None)
        return one.visits[name]

    def publish(self, one: Drawn, *, late: Sequence[str] = (), due: str | None = None) -> Record:
        """Publish what was not published yet."""
        assert one.made is not None
        new = [name for name in one.visits if name not in one.published]
        rows = [
            ResultRow(
                at=one.visits[name].body["at"], due=due, late=name in late, object=name, outcome=one.visits[name].body["outcome"],
                record=one.visits[name].id,
            )
            for name in new
        ]  # fmt: skip
        items, content = committed(map(row_line, rows))
        self.store.put_blob(content)
        one.published.update(new)
        ended = [record.body["outcome"] for record in one.visits.values()]
        body = ResultsPublished(
            draw=one.uri, committed=one.committed.id, made=one.made.id, items=items, drawn=len(one.names), reported=len(one.visits),
            waiting=len(one.names) - len(one.visits), late=sum(name in late for name in new), limit=self.limit.id,
            outcomes=tuple(OutcomeCount(outcome=code, visits=ended.count(code)) for code in dict.fromkeys(ended)),
        )  # fmt: skip
        return self.sealed(body)

    def followed(self, one: Drawn, name: str, sort: str, **more: Any) -> Record:
        """Report what came after a visit."""
        body = FollowUpReported(
            draw=one.uri, committed=one.committed.id, visit=one.visits[name].id, object=name, at=format_instant(self.at),
            sort=sort, text=Names(zh="复查"), **more,  # type: ignore[arg-type]
        )  # fmt: skip
        return self.sealed(body)

    def changed(self, one: Drawn, name: str, reason: str, *, passed: Sequence[str] = ()) -> Record:
        """Change who goes to an object."""
        over = tuple(PassedOver(officer=f"粤-{n}", reason=why) for n, why in enumerate(passed))
        body = AssignmentChanged(
            draw=one.uri, committed=one.committed.id, assigned=ZERO, object=name, reason=reason, explained=Names(zh="说明"),
            left="粤-100", joined="粤-200", passed_over=over,
        )  # fmt: skip
        return self.sealed(body)

    def estimated(self, one: Drawn) -> Record:
        """State the rates of a draw."""
        assert one.made is not None
        ended = [record.body["outcome"] for record in one.visits.values()]
        bad = sum(code in ("nonconforming", "corrected") for code in ended)
        seen = bad + ended.count("conforming")
        unresolved = sum(code in ("not-found", "refused", "not-visited") for code in ended)
        hit = bad / seen
        body = RateEstimated(
            draw=one.uri, committed=one.committed.id, made=one.made.id, drawn=len(one.names), reported=len(ended),
            waiting=len(one.names) - len(ended), examined=seen, unresolved=unresolved, outside=len(ended) - seen - unresolved,
            outcomes=(), chances="exact", response_rate=f"{seen / (seen + unresolved):.5f}",
            rates=(
                RateStated(rate="hit", value=f"{hit:.5f}", exact_value=repr(hit), method="share of the examined"),
                RateStated(
                    rate="population", value=f"{hit * 0.7:.5f}", exact_value=repr(hit * 0.7), method="Hájek",
                    lower=f"{hit * 0.4:.5f}", upper=f"{min(hit * 1.2 + 0.02, 1):.5f}", confidence="0.95",
                ),
            ),
        )  # fmt: skip
        return self.sealed(body)

    def lived(self, draws: int, each: int) -> None:
        """Let draws be committed, carried out, visited and published, the last ones not to the end."""
        step = (datetime.combine(TODAY, datetime.min.time(), UTC) - START) / (draws + 1)
        for number in range(draws):
            self.at = START + step * number
            one = self.commit()
            if number >= draws - 1:
                continue
            names = self.chance.sample(sorted(self.objects)[: int(len(self.objects) * 0.9)], each)
            self.draw(one, names)
            if number >= draws - 2:
                continue
            self.at += timedelta(days=5)
            for place, name in enumerate(names[: each - number % 3]):
                outcome = self.chance.choice(OUTCOMES)
                due = (self.at + timedelta(days=15)).date().isoformat() if outcome == "nonconforming" else None
                self.visit(one, name, outcome, correct_by=due)
                if place % 9 == 3:
                    self.changed(one, name, self.chance.choice(REASONS), passed=("kin",) if place % 2 else ())
            self.at += timedelta(days=8)
            for name, visit in list(one.visits.items()):
                if visit.body["outcome"] == "nonconforming" and self.chance.random() < 0.7:
                    self.followed(one, name, "corrected")
            if number < draws - 4:
                self.publish(one, late=[name for name in one.visits if self.chance.random() < 0.04])
                self.estimated(one)
            self.flush()
        self.flush()
