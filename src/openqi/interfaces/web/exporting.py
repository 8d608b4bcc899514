"""Pages as files: what is new or other than before is written, what an earlier export listed and is gone is taken away."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from openqi.app.files import read_file, write_file
from openqi.kernel.errors import FormatError, NotFoundError

LISTING: Final = ".openqi-site"


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What an export did: the files that there are now, their bytes, how many of them were written, and how many old ones went."""

    files: int
    bytes: int
    written: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What an export wrote: its files, and the digest of the specification of each chart."""

    paths: frozenset[str] = frozenset()
    charts: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Writing:
    """Writes files that are new or other than before."""

    target: Path
    paths: set[str] = field(default_factory=set)
    total: int = 0
    written: int = 0
    _folders: set[Path] = field(default_factory=set)

    def keep(self, path: str) -> None:
        """Count a file that is there as it should be."""
        self.paths.add(path)
        self.total += (self.target / path).stat().st_size

    def put(self, path: str, content: bytes) -> None:
        """Write a file below the target, if it is not there with this content."""
        place = self.target / path
        self.paths.add(path)
        self.total += len(content)
        if place.parent not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(place.parent)
        try:
            if place.read_bytes() == content:
                return
        except FileNotFoundError:
            pass
        place.write_bytes(content)
        self.written += 1

    def finished(self, before: Listing, charts: Mapping[str, str]) -> Exported:
        """Remove what an earlier export listed and this one did not write; files of anybody else are never touched."""
        removed = 0
        root = self.target.resolve()
        for path in before.paths - self.paths:
            place = (root / path).resolve()
            if place.is_relative_to(root) and place.is_file():
                place.unlink()
                removed += 1
        now = Listing(paths=frozenset(self.paths), charts=charts)
        if now != before:
            told = {"charts": now.charts, "files": sorted(now.paths)}
            write_file(self.target / LISTING, json.dumps(told, indent=0, sort_keys=True).encode())
        return Exported(files=len(self.paths), bytes=self.total, written=self.written, removed=removed)


def listed(target: Path) -> Listing:
    """Return what an earlier export left; nothing where there was none, or its list cannot be read."""
    try:
        told = json.loads(read_file(target / LISTING, 100_000_000))
        return Listing(paths=frozenset(map(str, told["files"])), charts=dict(told["charts"]))
    except (NotFoundError, FormatError, ValueError, KeyError, TypeError):
        return Listing()
