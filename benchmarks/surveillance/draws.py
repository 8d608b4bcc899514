"""Draws of a thousandth of 1e5, 1e6 and 1e7 objects, committed, drawn, proved and answered, beside NumPy, svy and R sampling.

Peers draw from a generator of their own, without a commitment, tickets or proofs; each is left out, saying so, where it is not
installed. `R_LIBS` says where packages of R are.
"""

import os
import subprocess
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from shutil import which
from time import process_time
from typing import Any

import numpy as np

from benchmarks.measure import Table, best, peak_memory
from openqi.evidence.log import merkle
from openqi.science.draws.commitment import CommittedFrame, commitment_to, committed
from openqi.science.draws.drawing import answer, drawn
from openqi.science.draws.frame import Frame, checked_frame
from openqi.science.draws.hashing.names import names_from
from openqi.science.draws.plan import Plan, StratumRule
from openqi.science.draws.seed import NamedSource
from openqi.science.numbers.compiled import is_fast

SEED = bytes(range(32))
LETTERS = 18
"""Length of a unified social credit code."""
SIZES = (100_000, 1_000_000, 10_000_000)


def measure(table: Table) -> None:
    """Add the rows of this part."""
    if not is_fast():
        table.add("numba is not installed; nothing is measured", float("nan"), "")
        return
    _warm()
    for count in SIZES:
        _ours(table, count)
        _numpy(table, count)
        _svy(table, count)
        _r(table, count)


def _plan(design: str, count: int) -> Plan:
    return Plan(purpose="benchmark", rules=(StratumRule(design=design, size=count // 1000),))


def lognormal_sizes(count: int) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Lognormal sizes, as in the figures of peers."""
    return np.exp(np.random.default_rng(1).normal(5, 1.5, count)).astype(np.int64) + 1


def _columns(count: int) -> Callable[[], Frame]:
    """A list as columns, as a reader of Parquet hands them over."""
    text = "".join(f"91440600MA{number:08X}" for number in range(count)).encode()
    offsets, codes = np.arange(count + 1, dtype=np.int64) * LETTERS, np.zeros(count, dtype=np.int64)
    size = lognormal_sizes(count)

    def checked() -> Frame:
        names = names_from(text, offsets)
        return checked_frame(names, strata=("",), stratum=codes, classes=("",), risk_class=codes, size=size)

    return checked


def _warm() -> None:
    """Compile everything once."""
    small = _columns(10_000)()
    committed(small)
    for design in ("pareto", "poisson", "equal"):
        drawn(small, _plan(design, 10_000), SEED)


def _ours(table: Table, count: int) -> None:
    reader, million = _columns(count), count == SIZES[-1]
    repeats = 2 if million else 3
    begin = process_time()
    frame = reader()
    under = committed(frame)
    commitment_to(under, _plan("pareto", count), [NamedSource(source="beacon", event="1")], version="benchmark")
    draw = drawn(frame, _plan("pareto", count), SEED)
    proofs = [under.proof(int(place)) for place in draw.strata[0].selection.places]
    answer(draw, draw.names()[0])
    told = f"{count:.0e}: checked, committed, drawn, {len(proofs)} proofs, one answer, processor"
    table.add(told, process_time() - begin, "s", at_most=15 if million else None)
    memory = peak_memory() / 1024
    table.add("... peak memory", memory, "GiB", at_most=4 if million else None)
    table.add("... list checked, nobody twice", best(reader, repeats=repeats), "s")
    table.add("... committed, Merkle tree kept", best(partial(committed, frame), repeats=repeats), "s")
    for design in ("pareto", "poisson", "equal"):
        work = partial(drawn, frame, _plan(design, count), SEED)
        table.add(f"... draw of {count // 1000}, {design}, tickets included, wall", best(work, repeats=repeats), "s")
        most = 1 if million and design == "pareto" else None
        table.add("... ... processor", _processor(work, repeats), "s", at_most=most)
    if not million:
        table.add(
            "... systematic in the order of tickets", best(partial(drawn, frame, _plan("systematic", count), SEED), repeats=2), "s"
        )
    table.add("... 1,000 proofs", best(partial(_proofs, under), repeats=3), "s")
    again = drawn(reader(), _plan("pareto", count), SEED)
    table.add("... replayed from the columns: names that differ", float(len(set(draw.names()) ^ set(again.names()))), "", at_most=0)


def _processor(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the one processor that is used: what the wall clock shows where nothing else runs."""
    found = []
    for _ in range(repeats):
        begin = process_time()
        work()
        found.append(process_time() - begin)
    return min(found)


def _proofs(under: CommittedFrame) -> None:
    for place in range(1000):
        proof = under.proof(place)
        merkle.verify_inclusion(merkle.leaf_hash(proof.row), proof.leaf, proof.size, proof.hashes, under.root)


def _numpy(table: Table, count: int) -> None:
    """The lower bound: Pareto in floats, nothing that anyone could check."""
    size, wanted = lognormal_sizes(count), count // 1000

    def pareto() -> None:
        chance = np.minimum(size * (wanted / size.sum()), 0.999999)
        u = np.random.default_rng(1).random(count)
        np.argpartition(u / (1 - u) * (1 - chance) / chance, wanted)[:wanted]

    table.add("... NumPy's Pareto, ten lines, processor", _processor(pareto, 2), "s")


def _svy(table: Table, count: int) -> None:
    if find_spec("svy") is None:
        table.add("... svy is not installed; no row of it", float("nan"), "")
        return
    svy, polars = import_module("svy"), import_module("polars")
    frame = polars.DataFrame({"size": lognormal_sizes(count)})

    def systematic() -> None:
        svy.Sample(frame, svy.Design(mos="size")).sampling.pps_sys(count // 1000, certainty_threshold=1.0, rstate=1)

    table.add("... svy's pps_sys, processor, all threads", _processor(systematic, 2), "s")


def _r(table: Table, count: int) -> None:
    if which("Rscript") is None:
        table.add("... R is not installed; no row of it", float("nan"), "")
        return
    script = (
        f"suppressMessages(library(sampling)); set.seed(1); x <- rlnorm({count}, 5, 1.5);"
        "now <- function() sum(proc.time()[1:2]);"
        f"a <- now(); p <- inclusionprobabilities(x, {count // 1000}); b <- now();"
        "s <- UPsystematic(p); c <- now(); o <- UPopips(p, 'pareto'); d <- now(); cat(b - a, c - b, d - c)"
    )
    found = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, env=dict(os.environ), check=False)
    if found.returncode:
        table.add("... R sampling is not installed; no row of it", float("nan"), "")
        return
    for name, seconds in zip(("inclusionprobabilities", "UPsystematic", "UPopips Pareto"), found.stdout.split(), strict=True):
        table.add(f"... R sampling's {name}, processor", float(seconds), "s")
