"""Whose goods a recall names: a firm recalls no product that another one registered, and no lot that another one formed."""

from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.records import body
from openqi.records.conformity import LotFormed, ProductRegistered, registration_subject
from openqi.records.governance import first_standing
from openqi.records.recalls import RecallPublished


def check_goods(view: View, recall: RecallPublished, before: RecallPublished | None) -> None:
    """Raise RefusedError where a firm names goods of another firm, that the edition before did not name.

    Else a rival could let the marks of somebody's goods say that they are recalled. What nobody registered or formed in this log
    may be named, for goods are recalled that never came near it.

    Args:
        view: what can be read.
        recall: as the firm would publish it.
        before: the edition before; an authority that ordered it may have named goods of others.
    """
    known = frozenset(() if before is None else before.goods())
    products = {line.product for line in recall.lines}
    for one in recall.goods():
        owner = None if one in known else _maker_of(view, one) if one in products else _former_of(view, one)
        if owner is not None and owner != recall.firm:
            why = f"{one} is of {owner}, not of {recall.firm}"
            raise RefusedError("own-goods", f"{why}; a firm recalls its own goods, and an authority those of any firm")


def _maker_of(view: View, product: str) -> str | None:
    """Who registered a product first, of the registrations that stand."""
    record = first_standing(view.stream(registration_subject(product)), ProductRegistered, view.home, view.origin)
    return None if record is None else record.issuer


def _former_of(view: View, lot: str) -> str | None:
    """Who formed a lot first, withdrawn or not: those goods were made."""
    stream = [one for one in view.stream(lot) if one.kind == LotFormed.KIND and view.home(one.id) == view.origin]
    return next((one.issuer for one in stream if body(one, LotFormed).lot == lot), None)
