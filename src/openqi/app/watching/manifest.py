"""The manifest of a folder of results: which readings were watched by what settings, and every file with its SHA-256."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from openqi.app.files import read_file, write_file
from openqi.kernel.errors import FormatError

FORMAT: Final = 1
_NAME: Final = "manifest.json"
_MAX_BYTES: Final = 256 * 2**20


@dataclass
class Manifest:
    """What stands in the manifest; it is written last, so what it does not name was not done.

    Args:
        settings: digest of baseline, rules and format; all runs have the same.
        baseline: name and estimator of the baseline.
        rules: name of the rule set.
        clock: type of the times.
        chance: how long the rules run in control, how far off that is, by which method.
        inputs: of each file of readings that was watched its size, change time and SHA-256.
        runs: of each run its parts.
    """

    settings: str
    baseline: dict[str, Any]
    rules: str
    clock: str
    chance: dict[str, Any]
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)

    def states(self) -> list[str]:
        """Return the files with the states after the last run, below the folder of results."""
        return [_file(part, "states/") for part in self.runs[-1]["parts"]] if self.runs else []

    def kept(self) -> set[str]:
        """Return all files that results consist of: violations of every run, streams and states of the last."""
        old = {_file(part, "violations/") for run in self.runs[:-1] for part in run["parts"]}
        return old | {file["path"] for part in (self.runs[-1]["parts"] if self.runs else ()) for file in part["files"]}

    def write(self, out: Path) -> None:
        """Write it, for good."""
        said = {"format": FORMAT, **vars(self)}
        write_file(out / _NAME, (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode())


def _file(part: dict[str, Any], folder: str) -> str:
    return next(str(file["path"]) for file in part["files"] if file["path"].startswith(folder))


def read_manifest(out: Path) -> Manifest | None:
    """Return the manifest of a folder of results, None where there is none.

    Raises:
        FormatError: it is not one of this format.
    """
    if not (out / _NAME).exists():
        return None
    try:
        said = json.loads(read_file(out / _NAME, _MAX_BYTES))
        if said.pop("format") != FORMAT:
            raise FormatError(f"{out / _NAME} is of another format; watch into another folder")
        found = Manifest(**said)
        found.states()
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise FormatError(f"{out / _NAME} is not a manifest: {error}; watch into another folder") from error
    return found
