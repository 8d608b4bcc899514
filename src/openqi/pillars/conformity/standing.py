"""What every decision asks first: does a record still stand, which rule does it name, which rows does it commit to."""

from collections.abc import Mapping

from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.catalogue import load
from openqi.kernel.errors import RefusedError
from openqi.records import Items, kinds
from openqi.records.governance import withdrawal
from openqi.science.decision.rule import Rule


def standing(view: View, record_id: str) -> Record:
    """Return a record after checking that its issuer has not withdrawn it.

    Raises:
        NotFoundError: it is not in the log.
        RefusedError: it was withdrawn.
    """
    record = view.record(record_id)
    kind = kinds().get(record.kind)
    if kind is not None and kind.ROLE is None and record.basis is None:
        raise RefusedError("decided-only", f"record {record.id}: a {record.kind} is only ever decided, and this names no command")
    # In the record's own stream lies only what is said about it: what else happens to a lot or an instrument moves nothing here.
    other = withdrawal(record, view.stream(record_subject(record_id)), view.home)
    if other:
        raise RefusedError("basis-stands", f"record {record.id} was withdrawn by record {other.id}; name one that stands")
    return record


def rule_of(name: str) -> Rule:
    """Return the decision rule of that name.

    Raises:
        RefusedError: there is none.
    """
    rules: Mapping[str, Rule] = load("openqi.science.decision.kinds", Rule)
    if name not in rules:
        raise RefusedError("rule-known", f"decision rule {name!r} is not known; known are {', '.join(rules)}")
    return rules[name]


def decided_rows(view: View, items: Items) -> list[bytes]:
    """Return the rows that a decided record commits to; its own replay finds a root that they do not add up to.

    Raises:
        NotFoundError: the blob, which is named by its hash, is not at hand.
    """
    return view.blob(items.rows.sha256).split(b"\n")[:-1]
