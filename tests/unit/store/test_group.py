"""Group commit with a commit that is only pretended: who leads, who waits, who gets which outcome."""

import threading
import time
from collections.abc import Sequence

import pytest

from builders import ORIGIN, checkpointer, sealed_record
from openqi.kernel.errors import ConflictError
from openqi.store.group import MOST, GroupCommit, Outcome
from openqi.store.plan import Request, requested
from openqi.store.store import Appended, Incoming


def request(number: int) -> Request:
    return requested([Incoming(record=sealed_record(number))], (), checkpointer(), ORIGIN)


def test_what_comes_while_a_commit_runs_is_committed_together() -> None:
    sizes: list[int] = []
    running = threading.Event()

    def commit(group: Sequence[Request]) -> Sequence[Outcome]:
        sizes.append(len(group))
        running.set()
        time.sleep(0.05)
        return [Appended(indices=(), size=0) for _ in group]

    commits = GroupCommit(commit)
    threads = [threading.Thread(target=commits.append, args=(request(n),)) for n in range(20)]
    threads[0].start()
    running.wait()
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sizes) == 20
    assert sizes[0] == 1
    assert len(sizes) <= 4
    assert max(sizes) <= MOST


def test_each_append_gets_its_own_outcome() -> None:
    conflict = ConflictError("moved")
    commits = GroupCommit(lambda group: [conflict])
    with pytest.raises(ConflictError, match="moved"):
        commits.append(request(0))


def test_an_error_of_the_program_goes_to_the_leader_and_frees_the_others() -> None:
    leading = threading.Event()

    def commit(group: Sequence[Request]) -> Sequence[Outcome]:
        leading.set()
        time.sleep(0.02)
        if any(item.ids == request(0).ids for item in group[:1]):
            raise ZeroDivisionError
        return [Appended(indices=(7,), size=8) for _ in group]

    commits = GroupCommit(commit)
    got: list[object] = []

    def run(number: int) -> None:
        try:
            got.append(commits.append(request(number)).indices)
        except ZeroDivisionError:
            got.append("error")

    threads = [threading.Thread(target=run, args=(n,)) for n in range(6)]
    threads[0].start()
    assert leading.wait(10)  # so that it is request 0 that leads
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, got)) == ["(7,)"] * 5 + ["error"]
