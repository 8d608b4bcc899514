"""The layouts of lists of recalls that are read, and which one a list has."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from mmap import mmap
from types import MappingProxyType
from typing import Any, Final

from openqi.formats.recalls.cpsc import read_cpsc
from openqi.formats.recalls.food import read_fda, read_usda
from openqi.formats.recalls.listed import Fault
from openqi.formats.recalls.nhtsa import read_nhtsa
from openqi.formats.recalls.safety_gate import read_safety_gate
from openqi.kernel.errors import FormatError
from openqi.records.recall_rows import TakenRecallRow
from openqi.records.recalls import Layout

MOST: Final = 256 * 2**20
"""Most bytes of a list that has to be in memory as a whole; that of NHTSA is read line by line, from a file that is mapped."""


@dataclass(frozen=True, kw_only=True)
class RecallLayout:
    """A public list of recalls: its name, who keeps it, the URI under which it is taken in, and its reader."""

    name: Layout
    keeper: str
    register: str
    read: Callable[[Any], Iterator[TakenRecallRow | Fault]]
    mapped: bool = False


LAYOUTS: Final[Mapping[Layout, RecallLayout]] = MappingProxyType(
    {
        one.name: one
        for one in (
            RecallLayout(
                name="safety-gate", keeper="Safety Gate, European Commission", register="urn:openqi:recalls:safety-gate",
                read=read_safety_gate,
            ),
            RecallLayout(
                name="cpsc", keeper="U.S. Consumer Product Safety Commission", register="urn:openqi:recalls:cpsc", read=read_cpsc
            ),
            RecallLayout(
                name="nhtsa", keeper="U.S. National Highway Traffic Safety Administration", register="urn:openqi:recalls:nhtsa",
                read=read_nhtsa, mapped=True,
            ),
            RecallLayout(name="fda", keeper="U.S. Food and Drug Administration", register="urn:openqi:recalls:fda", read=read_fda),
            RecallLayout(
                name="usda", keeper="U.S. Food Safety and Inspection Service", register="urn:openqi:recalls:usda", read=read_usda
            ),
        )
    }
)  # fmt: skip


def read_recalls(layout: Layout, data: "bytes | mmap") -> Iterator[TakenRecallRow | Fault]:
    """Yield the rows of a list, and what of it could not be read.

    Args:
        layout: which list it is.
        data: its bytes.

    Raises:
        FormatError: it is no such list, or too large.
    """
    known = LAYOUTS[layout]
    if not known.mapped and len(data) > MOST:
        raise FormatError(f"the list has {len(data)} bytes; at most {MOST} of a list of {layout} are read, split it")
    return known.read(data if known.mapped else bytes(data))
