"""Large lists are frozen, committed to, drawn and replayed in seconds of one processor."""

from time import thread_time

import pytest

from openqi.records.draws import StratumStated
from surveillance_stage import Surveillance
from unit.pillars.surveillance.test_draws import replayed


@pytest.mark.parametrize("objects", [4_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_a_large_list_is_drawn_in_seconds(objects):
    lines = (f"9135{n:014d}\tcounty {n % 40}\t{'ABCD'[n % 4]}\t{1 + n % 977}\n" for n in range(objects))
    document = "".join(lines).encode()
    strata = tuple(StratumStated(design="pareto", stratum=f"county {n}", size=objects // 4000) for n in range(40))
    once = Surveillance()
    once.commit(once.frame(document), strata=strata)  # kernels are compiled once a process
    stage = Surveillance()
    start = thread_time()
    frame = stage.frame(document)
    commitment = stage.commit(frame, strata=strata)
    made = stage.made(commitment, stage.beacon(commitment))
    spent = thread_time() - start
    assert made.body["items"]["count"] == 40 * (objects // 4000)
    assert len({row.object for row in stage.rows(made)}) == made.body["items"]["count"]
    assert replayed(stage, made)
    assert spent < 10 + objects / 20_000
