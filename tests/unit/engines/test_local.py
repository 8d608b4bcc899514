"""Threads give results in the order of the parts."""

import threading
import time

import pytest

from openqi.engines.local import mapped
from openqi.kernel.errors import DomainError


def test_results_come_in_the_order_of_the_parts_whoever_is_done_first():
    def work(part):
        time.sleep(0.02 if part == 0 else 0.0)
        return part, threading.current_thread().name

    found = list(mapped(2)(work, range(6)))
    assert [part for part, _ in found] == list(range(6))
    assert len({name for _, name in found}) == 2


def test_an_error_of_a_part_is_an_error_of_the_run():
    with pytest.raises(ZeroDivisionError):
        list(mapped(2)(lambda part: 1 // part, range(3)))


def test_no_threads_are_refused():
    with pytest.raises(DomainError, match="0 threads"):
        mapped(0)
