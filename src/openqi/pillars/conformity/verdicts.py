"""Verdicts on readings of every version: which kinds state them, and which rows they commit to."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from openqi.evidence.record import Record
from openqi.kernel.errors import FormatError
from openqi.records import of_json
from openqi.records.conformity import ReadingsJudged
from openqi.records.judgements import MeasuredJudged
from openqi.records.rows import MeasuredRow, VerdictRow, decoded

Verdicts: TypeAlias = ReadingsJudged | MeasuredJudged
AnyRow: TypeAlias = VerdictRow | MeasuredRow
JUDGED: Final[Mapping[str, tuple[type[Verdicts], type[AnyRow]]]] = MappingProxyType({
    ReadingsJudged.KIND: (ReadingsJudged, VerdictRow), MeasuredJudged.KIND: (MeasuredJudged, MeasuredRow),
})  # fmt: skip
"""Kind of a record that states verdicts on readings → its body and its rows."""


def verdicts_of(record: Record) -> Verdicts:
    """Return the body of a record that states verdicts on readings.

    Raises:
        FormatError: it states none, or its body is not as its kind says.
    """
    if record.kind not in JUDGED:
        raise FormatError(f"record {record.id} is a {record.kind}, not a {' or a '.join(JUDGED)}")
    return of_json(record.body, JUDGED[record.kind][0])


def verdict_rows(kind: str, lines: Sequence[bytes]) -> Sequence[AnyRow]:
    """Return the rows of verdicts of a kind.

    Raises:
        FormatError: one is not as its kind says.
    """
    return decoded(lines, JUDGED[kind][1])
