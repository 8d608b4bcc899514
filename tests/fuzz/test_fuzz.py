"""Any bytes into any reader give a value or our own error, in little time and memory."""

import resource
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import thread_time

import pytest

from clocked import fair
from fuzz.mutate import MAX_INPUT, inputs
from fuzz.readers import Reader, readers
from openqi.kernel.errors import OpenQIError

READERS = {reader.name: reader for reader in readers()}
MOST_SECONDS = 1.0
# Verifying a dossier or reading a log costs a hundred times what reading a number does.
SHARE = {"dossier": 0.3, "dossier form": 0.5, "dossier parts": 0.3, "log": 0.3, "insider": 0.25, "archive": 0.5}


def fuzzed(reader: Reader, count: int) -> tuple[int, float]:
    """How many inputs gave a value, and the longest time that one took; whatever is not ours is raised with the input."""
    values, longest = 0, 0.0
    for number, data in enumerate(inputs(reader.name, reader.seeds, reader.words, count)):
        start = thread_time()
        try:
            reader.read(data)
            values += 1
        except OpenQIError as error:
            assert str(error)
        except BaseException as error:
            raise AssertionError(f"{reader.name}, input {number}: {type(error).__name__} for {data[:300]!r}") from error
        longest = max(longest, fair(thread_time() - start, MOST_SECONDS, partial(reader.read, data)))
    return values, longest


def counts(total: int) -> dict[str, int]:
    """A total split over the readers."""
    shares = {name: SHARE.get(name, 1.0) for name in READERS}
    return {name: max(20, round(total * share / sum(shares.values()))) for name, share in shares.items()}


@pytest.mark.parametrize("name", READERS)
def test_any_bytes_give_a_value_or_our_own_error(name):
    values, longest = fuzzed(READERS[name], counts(60_000)[name])
    assert values or name == "key file"
    assert longest < MOST_SECONDS


@pytest.mark.parametrize("name", READERS)
def test_large_inputs_are_answered_at_once(name):
    reader = READERS[name]
    seed = max(reader.seeds, key=len)
    large = [
        *[byte * MAX_INPUT for byte in (b"\0", b"\xff", b"A", b"[", b"\n", b"9", b'"')],
        (seed * (MAX_INPUT // max(1, len(seed)) + 1))[:MAX_INPUT], seed + b"A" * (MAX_INPUT - len(seed)), seed[:1] * MAX_INPUT,
        *[word * (MAX_INPUT // len(word)) for word in reader.words],
    ]  # fmt: skip
    for data in large:
        start = thread_time()
        with suppress(OpenQIError):
            reader.read(data)
        assert fair(thread_time() - start, MOST_SECONDS, partial(reader.read, data)) < MOST_SECONDS, data[:20]


@pytest.mark.long
def test_a_million_inputs_in_a_process_with_little_memory():
    """Address space is limited, so that an input that asks for gigabytes ends the process."""
    folder = Path(__file__).resolve().parent.parent
    parts = [
        subprocess.Popen(
            [sys.executable, "-m", "fuzz.test_fuzz", str(part)],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for part in range(2)
    ]
    done = 0
    for part in parts:
        out, err = part.communicate()
        assert part.returncode == 0, err[-3000:]
        print(out)
        done += int(out.split()[-2])
    print(f"{done} inputs in all")
    assert done >= 1_000_000


def main(part: int) -> None:
    """Every second reader, under a limit of memory."""
    limit = 1_500_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    done = 0
    for name, count in list(counts(2_000_000).items())[part::2]:
        start = thread_time()
        values, longest = fuzzed(READERS[name], count)
        print(f"{name}: {count} inputs, {values} values, {thread_time() - start:.1f} s, at most {longest * 1e3:.0f} ms")
        assert longest < MOST_SECONDS, name
        done += count
    print(f"{done} inputs")


if __name__ == "__main__":
    main(int(sys.argv[1]))
