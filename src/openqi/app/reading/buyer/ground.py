"""On what ground a mark stands: a certificate of conformity, or a licence under the rule of a mark, and until when."""

from dataclasses import dataclass
from typing import Literal

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.pillars.conformity.licensing.standing import last_day
from openqi.records import Names
from openqi.records.conformity import CertificateIssued, MarksIssued
from openqi.records.licences import LicensedMarksIssued, MarkLicensed, MarkRulePublished, SeriesStated


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Certificate or licence behind a mark; where it may not be shown, `seen` is withheld and the rest is empty.

    Args:
        sort: which of the two.
        seen: the record.
        number: its number.
        holder: who holds it.
        since, until: days of a licence; a certificate of conformity states none.
        use_until: last day on which the marks may be put on goods; "" where none is stated.
        markets: where goods with the mark may be sold; none where everywhere.
        rule: what the rule of the mark is called.
        series: tests in a row that the licence rests on.
        tests, lots: records of verdicts and of decisions on lots.
        illustrative: whether it is only an example.
    """

    sort: Literal["certificate", "licence"]
    seen: Seen
    number: str = ""
    holder: Named | None = None
    since: str = ""
    until: str = ""
    use_until: str = ""
    markets: tuple[str, ...] = ()
    rule: Names | None = None
    series: tuple[SeriesStated, ...] = ()
    tests: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()
    illustrative: bool = False


def ground_of(context: Context, stated: MarksIssued | LicensedMarksIssued) -> Ground:
    """Return the ground on which marks were issued."""
    if isinstance(stated, MarksIssued):
        certificate = context.body(stated.issued, CertificateIssued)
        seen = context.seen(stated.issued)
        if certificate is None:
            return Ground(sort="certificate", seen=seen)
        return Ground(
            sort="certificate", seen=seen, number=certificate.number, holder=context.named(certificate.holder),
            tests=certificate.type_tests, lots=certificate.lots,
        )  # fmt: skip
    licence, seen = context.body(stated.licensed, MarkLicensed), context.seen(stated.licensed)
    if licence is None:
        return Ground(sort="licence", seen=seen, use_until=stated.use_until)
    rule = context.body(licence.published, MarkRulePublished)
    return Ground(
        sort="licence", seen=seen, number=licence.number, holder=context.named(licence.holder), since=licence.valid_from[:10],
        until=last_day(licence.valid_until), use_until=stated.use_until, markets=licence.markets,
        rule=None if rule is None else rule.name, series=licence.series, tests=licence.evidence,
        illustrative=licence.illustrative or stated.illustrative,
    )  # fmt: skip
