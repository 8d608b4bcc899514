"""What is known of objects: the rows of a record, each object once, each with a salt of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.surveillance.risk.schemes import check_same, own_of
from openqi.pillars.surveillance.standing import standing
from openqi.records.risk import RiskSchemePublished
from openqi.records.risk_classes import FeaturesStated
from openqi.records.risk_rows import FeatureRow
from openqi.records.rows import decoded, rows_of

_SALT: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was stated of objects: the record, its body, and its rows."""

    record: Record
    stated: FeaturesStated
    rows: Sequence[FeatureRow]


def the_features(view: View, name: str, scheme_record: Record, scheme: RiskSchemePublished) -> Known:
    """Return what is known of objects, after checking that it stands, is of the scheme, and names each object once with a salt.

    Raises:
        NotFoundError: it or its rows are not at hand.
        FormatError: a row is none.
        RefusedError: it does not stand, is of another scheme or of what is to come, or an object stands twice.
    """
    record, stated = standing(view, name, FeaturesStated)
    check_same(own_of(scheme_record, scheme), record, stated.under, scheme_record)
    if stated.as_of > record.valid_from:
        raise RefusedError("features-known", f"features {record.id} are as of {stated.as_of}, later than they were stated")
    rows = decoded(rows_of(view, stated.items), FeatureRow)
    if not rows:
        raise RefusedError("objects-there", f"features {record.id} name no object")
    for place, row in enumerate(rows):
        if len(row.values) != len(stated.features) or not row.object or not _SALT.fullmatch(row.salt):
            raise FormatError(f"row {place} of features {record.id}: an object, a salt of 32 digits, {len(stated.features)} values")
    if len({row.object for row in rows}) != len(rows):
        raise RefusedError("objects-once", f"features {record.id} name an object twice; one row an object")
    if len({row.salt for row in rows}) != len(rows):
        raise RefusedError("salts-once", f"features {record.id}: two rows have one salt; each row has chance of its own")
    return Known(record=record, stated=stated, rows=rows)


def columns_of(known: Known) -> dict[str, list[str]]:
    """Return the texts by feature, as the model takes them."""
    columns = zip(*(row.values for row in known.rows), strict=True)
    return {name: [*column] for name, column in zip(known.stated.features, columns, strict=True)}
