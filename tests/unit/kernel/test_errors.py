"""Our errors: one root to catch, and what failed is named so that programs can tell it apart."""

import inspect

import pytest

from openqi.kernel import errors
from openqi.kernel.errors import OpenQIError, RefusedError, VerificationError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_our_own_and_says_when_it_is_raised(kind):
    assert issubclass(kind, OpenQIError)
    assert kind.__doc__
    assert not issubclass(kind, (ValueError, TypeError, LookupError, OSError))


def test_a_refusal_names_its_rule_in_one_word():
    error = RefusedError("all-readings-present", "no reading for cell 7")
    assert (error.rule, str(error)) == ("all-readings-present", "no reading for cell 7 [all-readings-present]")


def test_a_failed_check_names_its_step_first():
    error = VerificationError("inclusion", "the proof does not lead to the root")
    assert (error.step, str(error)) == ("inclusion", "inclusion: the proof does not lead to the root")
