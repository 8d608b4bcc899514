"""Judging a result: units, editions, rules, what was withdrawn, and numbers that have no decimal text."""

import pytest

from openqi.kernel.errors import DomainError, FormatError, NotFoundError, OpenQIError, RefusedError
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.records.governance import roles_subject
from stage import ITEM, Stage


def judged(requirement: dict, result: dict) -> dict:
    """The body of the verdict on a result by a requirement, each the usual one with changes."""
    stage = Stage()
    return dict(stage.verdict(stage.result(**result), stage.requirement(**requirement)).body)


@pytest.mark.parametrize(
    ("value", "unit", "expanded", "limit", "limit_unit", "verdict"),
    [
        ("2035.0", "mA.h", "8.0", "1.950", "A.h", "conforming"),
        ("2.0350", "A.h", "0.0080", "1.950", "A.h", "conforming"),
        ("7326", "C", "28.8", "1.950", "A.h", "conforming"),
        ("1.957", "A.h", "0.008", "1.950", "A.h", "nonconforming"),
        ("1.958", "A.h", "0.008", "1.950", "A.h", "conforming"),
        ("1957.999999999999", "mA.h", "8", "1.950", "A.h", "nonconforming"),
        ("20.0", "Cel", "0.5", "293.15", "K", "nonconforming"),
        ("20.5", "Cel", "0.5", "293.15", "K", "conforming"),
    ],
)
def test_a_verdict_is_decided_exactly_whatever_the_units(value, unit, expanded, limit, limit_unit, verdict):
    said = judged({"unit": limit_unit, "lower": limit}, {"value": value, "unit": unit, "expanded_uncertainty": expanded})
    assert said["verdict"] == verdict
    assert said["unit"] == limit_unit


def test_two_limits_and_an_upper_limit_alone_guard_both_ends():
    said = judged({"lower": "1.950", "upper": "2.050"}, {"value": "2043", "expanded_uncertainty": "8"})
    assert (said["acceptanceLower"], said["acceptanceUpper"], said["verdict"]) == ("1.958", "2.042", "nonconforming")
    said = judged({"lower": None, "upper": "2.050"}, {"value": "2042", "expanded_uncertainty": "8"})
    assert said["verdict"] == "conforming"
    assert "acceptanceLower" not in said


def test_the_rule_is_the_one_that_the_requirement_names():
    close = {"value": "1.951", "unit": "A.h", "expanded_uncertainty": "0.008"}
    assert judged({"rule": "simple-acceptance/1"}, close)["verdict"] == "conforming"
    assert judged({"rule": "guarded-acceptance/1"}, close)["verdict"] == "nonconforming"
    with pytest.raises(RefusedError, match="rule-known"):
        judged({"rule": "benefit-of-the-doubt/1"}, close)


@pytest.mark.parametrize(
    ("requirement", "result", "error", "says"),
    [
        ({}, {"quantity": "resistance"}, RefusedError, "same-quantity"),
        ({}, {"unit": "V"}, DomainError, "dimension"),
        ({}, {"unit": "apples"}, FormatError, "apples"),
        ({"unit": "apples"}, {}, FormatError, "apples"),
        ({}, {"expanded_uncertainty": "0"}, DomainError, "not positive"),
        ({}, {"expanded_uncertainty": "-1"}, DomainError, "not positive"),
        ({"lower": "3", "upper": "2"}, {}, DomainError, "not below"),
        ({"upper": "1.951"}, {}, DomainError, "no acceptance interval"),
        ({"valid_from": "2026-11-01T06:00:01Z"}, {}, RefusedError, "edition-valid"),
        ({"valid_until": "2026-11-01T06:00:00Z"}, {}, RefusedError, "edition-valid"),
        ({"unit": "h.A"}, {"value": "1", "unit": "C"}, RefusedError, "decimal-limit"),
        ({"unit": "deg"}, {"value": "1", "unit": "rad"}, DomainError, "pi"),
    ],
)  # fmt: skip
def test_where_there_is_no_answer_there_is_no_verdict(requirement, result, error, says):
    with pytest.raises(error, match=says):
        judged(requirement, result)


def test_an_edition_is_valid_from_its_first_second_and_not_at_its_last():
    for span in ({"valid_from": "2026-11-01T06:00:00Z"}, {"valid_until": "2026-11-01T06:00:01Z"}):
        assert judged(span, {})["verdict"] == "conforming"


def test_only_a_result_is_judged_and_only_by_a_requirement_of_this_log():
    stage = Stage()
    result, requirement = stage.result(), stage.requirement()
    for command in (
        JudgeResult(result=requirement.id, requirement=result.id),
        JudgeResult(result=stage.genesis.id, requirement=requirement.id),
        JudgeResult(result="ab" * 32, requirement=requirement.id),
    ):
        with pytest.raises((FormatError, NotFoundError)):
            stage.ledger.perform(command, stage.assessor)


def test_a_verdict_reads_what_it_must_and_no_more():
    """The role and who grants roles, the result and its item's stream, the requirement and its stream."""
    stage = Stage()
    result, requirement = stage.result(), stage.requirement()
    verdict = stage.verdict(result, requirement)
    subjects = {read["subject"] for read in verdict.basis["streams"]}
    assert subjects == {f"https://{stage.store.origin}", roles_subject(stage.assessor.party), ITEM, requirement.streams[0]}
    assert set(verdict.basis["records"]) == {result.id, requirement.id}


def test_a_refused_command_leaves_nothing_in_the_log():
    stage = Stage()
    result, requirement = stage.result(quantity="other"), stage.requirement()
    size = stage.store.size()
    with pytest.raises(OpenQIError):
        stage.verdict(result, requirement)
    assert stage.store.size() == size
