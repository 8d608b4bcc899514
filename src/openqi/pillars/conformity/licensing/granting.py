"""Giving a licence: the holder's pledge, and the series of tests that the rule of the mark asks for, read from the evidence."""

from datetime import date
from typing import ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.conformity.certification import check_holder
from openqi.pillars.conformity.licensing.standing import at_home, check_publisher, pledge_signed
from openqi.pillars.conformity.licensing.tests_of_product import Run, Test, run_of, tests_of_product
from openqi.records import Command, DecimalText, Index, Instant, RecordId, Text, Uri, statement
from openqi.records.governance import withdrawal
from openqi.records.licences import ASSOCIATION, MarkLicensed, MarkRulePublished, SeriesStated
from openqi.science.sampling.series import least_passing_share

MOST_TOLD: Final = 200
"""Tests that a licence names one by one, the newest of them; how many there are its series say."""
MOST_ISSUERS: Final = 20


class LicenseMark(Command, frozen=True):
    """License a firm to put a mark on a product, as the rule of the mark says, by who published the rule.

    `signed` is the holder's signature under the pledge that the rule names. The series of tests is not named: it is all tests of
    the product.
    """

    NAME: ClassVar[str] = "conformity.license-mark/1"
    ROLE: ClassVar[str | None] = ASSOCIATION

    licence: Uri
    number: Text
    rule: RecordId
    holder: Uri
    product: Uri
    valid_from: Instant
    valid_until: Instant
    most: Index | None = None
    markets: tuple[Text, ...] = ()
    issuers: tuple[Uri, ...] = ()
    signed: RecordId | None = None
    confidence: DecimalText = "0.95"
    illustrative: bool = False


def license_mark(view: View, command: LicenseMark, issuer: str) -> tuple[Statement, ...]:
    """Return the licence.

    Raises:
        NotFoundError: rule or pledge are not in the log.
        RefusedError: the rule is another's or not in force, the holder did not make the product or signed no pledge, its term is
            too long or over, tests are too few, too old, of too few days or laboratories, or the licence was given before.
        DomainError: a confidence that is none.
    """
    record, rule = at_home(view, command.rule, MarkRulePublished)
    if record.issuer != issuer:
        raise RefusedError("own-rule", f"rule {rule.rule} was published by {record.issuer}; {issuer} licenses by its own alone")
    if command.now < rule.valid_from or (rule.valid_until is not None and command.now >= rule.valid_until):
        until = rule.valid_until or "further notice"
        raise RefusedError("rule-in-force", f"rule {rule.rule} holds from {rule.valid_from} until {until}; name one in force")
    _check_first(view, command)
    _check_term(command, rule)
    _check_names(command)
    check_holder(view, command.product, command.holder)
    _check_pledge(view, command, rule)
    runs = _runs(view, command, rule)
    tests = sorted({(test.at, test.readings): test for run in runs for test in run}.items())
    evidence = dict.fromkeys(name for _, test in tests for name in test.verdicts)
    stated = MarkLicensed(
        licence=command.licence, number=command.number, rule=rule.rule, published=record.id, holder=command.holder,
        product=command.product, valid_from=command.valid_from, valid_until=command.valid_until, most=command.most,
        markets=command.markets, issuers=command.issuers, signed=command.signed, evidence=tuple(evidence)[-MOST_TOLD:],
        series=tuple(_stated(run, command) for run in runs),
        illustrative=command.illustrative or rule.illustrative or any(test.simulated for _, test in tests),
    )  # fmt: skip
    return (statement(stated),)


def _check_first(view: View, command: LicenseMark) -> None:
    """A licence is never given twice under one URI; a withdrawn one keeps its own, too, for marks may stand under it."""
    stream = [one for one in view.stream(command.licence) if view.home(one.id) == view.origin]
    for one in stream:
        if one.kind == MarkLicensed.KIND and one.basis is not None:
            ended = " and was withdrawn" if withdrawal(one, stream, view.home) else ""
            raise RefusedError(
                "licence-once", f"licence {command.licence} was given before, as record {one.id}{ended}: name another"
            )


def _check_term(command: LicenseMark, rule: MarkRulePublished) -> None:
    first, last = parse_instant(command.valid_from), parse_instant(command.valid_until)
    if last <= first or command.valid_until <= command.now:
        raise RefusedError("term-in-order", f"from {command.valid_from} until {command.valid_until}: that is no term to come")
    if command.valid_from[:10] < command.now[:10]:
        raise RefusedError("licence-to-come", f"a licence from {command.valid_from} would cover days that are over; begin today")
    if (last - first).total_seconds() > rule.longest_days * 86_400:
        why = (
            f"from {command.valid_from} until {command.valid_until} is longer than the {rule.longest_days} days of rule {rule.rule}"
        )
        raise RefusedError("term-of-rule", f"{why}: end it earlier")


def _check_names(command: LicenseMark) -> None:
    if len({command.holder, *command.issuers}) != len(command.issuers) + 1 or len(command.issuers) > MOST_ISSUERS:
        raise RefusedError("issuers-once", f"issuers are others than the holder, each once, at most {MOST_ISSUERS}")
    if len({*command.markets}) != len(command.markets):
        raise RefusedError("markets-once", "a market is named once")
    if command.most == 0:
        raise RefusedError("some-marks", "a licence for no mark at all: leave `most` out where there is no limit")


def _check_pledge(view: View, command: LicenseMark, rule: MarkRulePublished) -> None:
    if rule.pledge is None:
        if command.signed is not None:
            raise RefusedError("pledge-of-rule", f"rule {rule.rule} names no pledge: leave the signature out")
        return
    if command.signed is None:
        raise RefusedError("pledge-of-rule", f"rule {rule.rule} asks for the pledge {rule.pledge}: name the holder's signature")
    signed = pledge_signed(view, command.signed, firm=command.holder, now=command.now)
    if signed.pledge != rule.pledge:
        raise RefusedError("pledge-of-rule", f"{command.holder} signed {signed.pledge}; rule {rule.rule} asks for {rule.pledge}")
    check_publisher(view, signed)
    if signed.products and command.product not in signed.products:
        raise RefusedError("pledge-of-product", f"the pledge was signed for other products than {command.product}")
    if signed.valid_until is not None and signed.valid_until < command.valid_until:
        raise RefusedError("pledge-lasts", f"the pledge ends at {signed.valid_until}, before the licence would: end it then")


def _runs(view: View, command: LicenseMark, rule: MarkRulePublished) -> list[list[Test]]:
    """The series on each requirement, after checking that it is as the rule wants it."""
    if not rule.tests:
        return []
    tests = tests_of_product(view, command.product, command.holder)
    runs = [run_of(tests, requirement) for requirement in rule.requirements]
    for requirement, run in zip(rule.requirements, runs, strict=True):
        _check_long(run, requirement, command, rule)
        _check_run(run.tests, requirement, command, rule)
    return [run.tests for run in runs]


def _check_long(run: Run, requirement: str, command: LicenseMark, rule: MarkRulePublished) -> None:
    if len(run.tests) >= rule.tests:
        return
    why = f"{len(run.tests)} tests of {command.product} in a row passed {requirement}, and rule {rule.rule} asks for {rule.tests}"
    if run.broken_by is not None and run.broken_by.passed is None:
        open_one = f"before them readings {run.broken_by.readings} of {run.broken_by.at} have no verdict"
        raise RefusedError("tests-judged", f"{why}; {open_one}, and a series leaves none out: have them judged")
    raise RefusedError("series-long", f"{why}: a failure begins the series anew")


def _check_run(run: list[Test], requirement: str, command: LicenseMark, rule: MarkRulePublished) -> None:
    first, last, today = (date.fromisoformat(text[:10]) for text in (run[0].at, run[-1].at, command.now))
    if (last - first).days < rule.over_days:
        why = f"the series on {requirement} is from {first} to {last}"
        raise RefusedError("series-over-days", f"{why}, and rule {rule.rule} asks for {rule.over_days} days between them")
    if rule.newest_within and (today - last).days > rule.newest_within:
        why = f"the newest test on {requirement} is of {last}"
        raise RefusedError("series-new", f"{why}, and may be at most {rule.newest_within} days old: test again")
    laboratories = {test.laboratory for test in run}
    if len(laboratories) < rule.laboratories:
        why = f"the series on {requirement} is by {', '.join(sorted(laboratories))}"
        raise RefusedError("series-of-laboratories", f"{why}, and rule {rule.rule} asks for {rule.laboratories} laboratories")


def _stated(run: list[Test], command: LicenseMark) -> SeriesStated:
    return SeriesStated(
        requirement=run[0].requirement, tests=len(run), first_day=run[0].at[:10], last_day=run[-1].at[:10],
        laboratories=len({test.laboratory for test in run}),
        least_share=least_passing_share(len(run), fraction(command.confidence)), confidence=command.confidence,
    )  # fmt: skip
