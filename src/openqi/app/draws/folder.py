"""What lies in the folder of a draw: the list, who was left out, the commitment, the result; each written whole or not at all."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openqi.app.draws.terms import EXCLUSIONS, FORMAT, LIST, Terms, commitment_document, terms_of
from openqi.app.files import read_file, sync_folder
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, RefusedError, VerificationError
from openqi.science.draws.commitment import CommittedFrame, committed
from openqi.science.draws.drawing import Planned, planned
from openqi.science.draws.frame import Frame
from openqi.science.draws.listing import frame_of_listing

COMMITMENT = "commitment.json"
DRAW, DRAWN, PROOFS, ASSIGNMENT, TEAMS = "draw.json", "drawn.csv", "proofs.jsonl", "assignment.json", "teams.csv"
HIDDEN: Final = "hidden"
MAX_LIST: Final = 2 * 2**30
MAX_JSON: Final = 64 * 2**20


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Loaded:
    """A folder that holds what its commitment says."""

    folder: Path
    terms: Terms
    under: CommittedFrame
    strata: tuple[Planned, ...]
    commitment: bytes

    @property
    def frame(self) -> Frame:
        """The list."""
        return self.under.frame


def written(data: Mapping[str, Any]) -> bytes:
    """Return a document of a folder as bytes, the same for the same data."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def document(path: Path, form: str) -> dict[str, Any]:
    """Return a document of a folder.

    Raises:
        NotFoundError: it is not there.
        FormatError: it is no JSON, or of another format.
    """
    data = read_file(path, MAX_JSON)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path}: no JSON: {str(error)[:200]}") from error
    if not isinstance(found, dict) or found.get("format") != form:
        raise FormatError(f"{path}: not {form!r}")
    return found


def list_of(folder: Path) -> Frame:
    """Return the list in a folder.

    Raises:
        FormatError, RefusedError, DomainError: it is no list; names the line.
    """
    return frame_of_listing(read_file(folder / LIST, MAX_LIST), read_file(folder / EXCLUSIONS, MAX_LIST))


def loaded(folder: Path) -> Loaded:
    """Return a folder whose list and terms are those of its commitment; all hashes are made again.

    Raises:
        NotFoundError: no folder of a draw.
        VerificationError: `list` or `commitment` differs from what was committed to.
    """
    data = commitment_of_folder(folder)
    terms = terms_of(data, folder / COMMITMENT)
    under = checked_list(folder, data)
    strata = planned(under.frame, terms.plan)
    checked_commitment(data, terms, under, strata)
    return Loaded(folder=folder, terms=terms, under=under, strata=strata, commitment=bytes.fromhex(data["commitment"]))


def commitment_of_folder(folder: Path) -> dict[str, Any]:
    """Return `commitment.json` of a folder."""
    if not (folder / COMMITMENT).is_file():
        raise NotFoundError(f"{folder} is no folder of a draw: it has no {COMMITMENT}; make one with `openqi draw commit`")
    return document(folder / COMMITMENT, FORMAT)


def checked_list(folder: Path, data: Mapping[str, Any]) -> CommittedFrame:
    """Return the list under its root, which is the one in the commitment.

    Raises:
        VerificationError: it is another list.
    """
    try:
        under = committed(list_of(folder))
        stated = data["list"]["objects"], data["list"]["root"]
    except (OpenQIError, KeyError, TypeError) as error:
        raise VerificationError("list", f"{LIST} or {EXCLUSIONS} is not what was committed to: {error}") from error
    if len(under.frame) != stated[0]:
        raise VerificationError("list", f"{LIST} has {len(under.frame)} objects, and {stated[0]} were committed to")
    if under.root.hex() != stated[1]:
        raise VerificationError("list", f"{LIST} was edited: its root is {under.root.hex()}, and {stated[1]} was committed to")
    return under


def checked_commitment(data: Mapping[str, Any], terms: Terms, under: CommittedFrame, strata: Sequence[Planned]) -> None:
    """Raise unless a commitment says what follows from its list and terms, member by member.

    Raises:
        VerificationError: names the first member that differs.
    """
    found = commitment_document(terms, under, strata)
    if (differs := first_difference(data, found)) is not None:
        member, stated, computed = differs
        raise VerificationError("commitment", f"{COMMITMENT}: {member} is {stated}, and {computed} follows from list and rules")


def first_difference(stated: Any, computed: Any, where: str = "") -> tuple[str, str, str] | None:
    """Return the first place at which two documents differ, with what stands there; the hash that sums up comes last."""
    if isinstance(stated, dict) and isinstance(computed, dict):
        for name in [*computed, *(one for one in stated if one not in computed)]:
            place = f"{where}.{name}" if where else name
            if name not in stated or name not in computed:
                return place, _short(stated.get(name)), _short(computed.get(name))
            if (found := first_difference(stated[name], computed[name], place)) is not None:
                return found
        return None
    if isinstance(stated, list) and isinstance(computed, list) and len(stated) == len(computed):
        for number, (one, other) in enumerate(zip(stated, computed, strict=True)):
            if (found := first_difference(one, other, f"{where}[{number + 1}]")) is not None:
                return found
        return None
    return None if type(stated) is type(computed) and stated == computed else (where, _short(stated), _short(computed))


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:97]}…"


class NewFolder:
    """A folder that is seen whole or not at all: written beside its place and renamed when it is ready."""

    def __init__(self, target: Path, *, secret: bool = False) -> None:
        self.target = target
        self.aside = target.with_name(f".{target.name}.{os.getpid()}.new")
        self.mode = 0o700 if secret else 0o777

    def __enter__(self) -> Path:
        if self.target.exists():
            raise RefusedError("folder-exists", f"{self.target} exists and is not overwritten; choose another name")
        try:
            self.aside.mkdir(mode=self.mode)
        except FileNotFoundError as error:
            raise NotFoundError(f"there is no folder {self.target.parent}; make it first") from error
        return self.aside

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                sync_folder(self.aside)
                if self.target.exists():
                    raise RefusedError("folder-exists", f"{self.target} exists and is not overwritten; choose another name")
                self.aside.rename(self.target)
                sync_folder(self.target.parent)
        finally:
            shutil.rmtree(self.aside, ignore_errors=True)
