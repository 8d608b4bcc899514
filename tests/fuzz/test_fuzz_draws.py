"""Any bytes as a plan, as randomness, as the list or a document of a draw give a value or our own error."""

import json

import pytest

from draw_files import BEACON, LOTTERY, PLAN, drawn
from fuzz.mutate import MAX_INPUT, inputs
from openqi.app.draws.randomness import file_of
from openqi.app.draws.terms import terms_of
from openqi.app.draws.verifying import verify
from openqi.formats.draw_plan import read_draw_plan
from openqi.formats.randomness import read_randomness
from openqi.kernel.errors import OpenQIError
from openqi.science.draws.listing import frame_of_listing

ROUND = json.dumps({"round": BEACON["Round"], "randomness": BEACON["Randomness"], "signature": BEACON["Sig"]})
LIST = "firm 1\t南海\tA\t3\nfirm 2\t\tB\t10\nf3\t\t\t0\n"
STATED = {
    "purpose": "p", "version": "1", "committedAt": "2023-09-14T08:00:00Z", "key": None,
    "strata": [{"stratum": "", "design": "pareto", "ratio": "1/5", "floors": {"A": "1/2"}}],
    "sources": [{"source": "drand quicknet", "event": "657413", "notBefore": "2023-09-15T11:00:03Z"}],
}  # fmt: skip
PUBLISHED = {"source": "l", "event": "1", "publishedAt": "2023-09-14T08:00:00Z", "numbers": [[1, 2], [3]], "ordered": False}


def _json(read):
    def of_bytes(data):
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return None
        return read(value)

    return of_bytes


def _terms(value, where="commitment.json"):
    return terms_of(value, where) if isinstance(value, dict) else None


CAPPED = PLAN + "frequency:\n  day: 2023-09-16\n  caps:\n    D: {at_most: 1, period: 9}\n"
DIGITS = LOTTERY.replace("numbers: 3 9 17 21 30 33 + 16", "hex: 00ff")
READERS = {
    "plan": (lambda data: read_draw_plan(data, name="plan.yaml"), (PLAN, CAPPED)),
    "randomness": (lambda data: read_randomness(data, name="r"), (ROUND, LOTTERY, DIGITS)),
    "list": (frame_of_listing, (LIST,)),
    "exclusions": (lambda data: frame_of_listing(LIST.encode(), data), ("firm 7\tclosed\t\n",)),
    "terms": (_json(_terms), (json.dumps(STATED), json.dumps(STATED | {"key": "00"}))),
    "published": (_json(file_of), (json.dumps(PUBLISHED), json.dumps(PUBLISHED | {"hex": "00"}))),
}  # fmt: skip
WORDS = (
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\t",
    b"\n",
    b"0",
    b"-1",
    b"1/0",
    b"1e9",
    b"120 %",
    b"null",
    b"true",
    b'""',
    "\u200b".encode(),
    b"\xff",
)


def fuzzed(name: str, count: int) -> None:
    read, seeds = READERS[name]
    good = bad = 0
    for data in inputs(name, tuple(text.encode() for text in seeds), WORDS, count):
        assert len(data) <= MAX_INPUT
        try:
            good += read(data) is not None
        except OpenQIError as error:
            assert str(error)
            bad += 1
    assert min(good, bad) > 0


@pytest.mark.parametrize("name", READERS)
def test_any_bytes_are_read_or_refused(name):
    fuzzed(name, 1_500)


@pytest.mark.long
@pytest.mark.parametrize("name", READERS)
def test_many_bytes_are_read_or_refused(name):
    fuzzed(name, 100_000)


def test_any_bytes_in_a_document_of_a_draw_are_a_report(tmp_path):
    folder = drawn(tmp_path)
    for name in ("commitment.json", "draw.json", "drawn.csv", "list.tsv", "exclusions.tsv", "proofs.jsonl"):
        whole = (folder / name).read_bytes()
        failed = 0
        for data in inputs(name, (whole,), WORDS, 60):
            (folder / name).write_bytes(data)
            failed += verify(folder).failed
        (folder / name).write_bytes(whole)
        assert failed > 30, name
        assert not verify(folder).failed
