"""A stage with a desk: people with hats who write through acts, on a ledger in memory or in a folder; keys are kept in the open."""

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from hypothesis import strategies as st
from tools.golden import FOLDER

from openqi.app.acts.acts import Act, acts
from openqi.app.acts.fields import Field
from openqi.app.acts.sealing.desk import WritingDesk, writing_desk
from openqi.app.folder import FOLDS
from openqi.app.ledger import Signer
from openqi.app.people.visitor import Hat, Visitor
from openqi.evidence.record import parse_record
from openqi.kernel.errors import RefusedError
from openqi.records import Names
from openqi.store.desk.desk import Desk, metadata
from openqi.store.kinds.memory import STOREKIND
from openqi.store.store import Store
from stage import Stage, party, stated


class OpenHands:
    """Keeps the key of every visitor of a test, and refuses who has none here."""

    def __init__(self) -> None:
        self.keys: dict[str, Signer] = {}

    def signer(self, visitor: Visitor) -> Signer:
        """See `Hands.signer`."""
        if not visitor.fresh:
            raise RefusedError("fresh-session", "prove again who you are")
        if visitor.hat is None or visitor.hat.kid not in self.keys:
            raise RefusedError("own-key", "you sign with a file of your own")
        return self.keys[visitor.hat.kid]


class ActsStage:
    """A stage whose parties have people who write."""

    def __init__(self, place: Path, *, store: Store | None = None) -> None:
        self.stage = Stage(store=store or STOREKIND.open(None, origin="log.example/1", folds=FOLDS))
        self.desk = desk_at(place)
        self.hands = OpenHands()
        self.writing: WritingDesk = writing_desk(self.stage.ledger, self.desk, self.hands, os.urandom)

    def visitor(self, signer: Signer, *, account: str = "", kept: bool = True, fresh: bool = True) -> Visitor:
        """A person of a party, who signs with its key; `kept` here, or in a file of their own."""
        kid = signer.key.public_key.kid
        if kept:
            self.hands.keys[kid] = signer
        hat = Hat(membership=f"m-{kid[-8:]}", party=signer.party, name=Names(en=signer.party), kid=kid, kept=kept)
        return Visitor(
            session="s", account=account or f"account of {signer.party}", name="Li Hua", hats=(hat,), hat=hat, fresh=fresh
        )

    def second_person(self, signer: Signer, number: int) -> Visitor:
        """Another person of the same party, with a key of their own."""
        other = party("unused", number)
        other = Signer(party=signer.party, key=other.key)
        self.stage.ledger.grant_key(other.party, stated(other.key), self.stage.operator)
        return self.visitor(other, account=f"second account of {signer.party}")

    def bare(self, visitor: Visitor) -> Visitor:
        """The same person without a hat."""
        return replace(visitor, hat=None)


def desk_at(place: Path) -> Desk:
    """A desk in a folder, its tables made."""
    file = place / "desk.sqlite"
    if not file.exists():
        file.write_bytes(_new_desk())
    return Desk(f"sqlite:///{file}")


@cache
def _new_desk() -> bytes:
    """The file of a desk whose tables are made and empty; made once a process."""
    import openqi.store.desk.writing  # noqa: F401 -- its tables

    with TemporaryDirectory() as place:
        desk = Desk(f"sqlite:///{place}/desk.sqlite")
        metadata.create_all(desk.engine)
        desk.settle()
        desk.close()
        return (Path(place) / "desk.sqlite").read_bytes()


def golden_arguments() -> Mapping[str, list[dict[str, Any]]]:
    """Act → arguments that the golden records were made with."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((FOLDER / "records").iterdir()):
        record = parse_record(path.read_bytes())
        told = {"name": record.kind, "arguments": record.body} if record.command is None else record.command
        arguments = {name: value for name, value in told["arguments"].items() if name not in ("now", "salt", "visibleTo")}
        if told["name"] in acts():
            found.setdefault(told["name"], []).append(arguments)
    return found


_plain = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
_texts = _plain.filter(lambda text: bool(text.strip()) and unicodedata.is_normalized("NFC", text))
_hex = st.text("0123456789abcdef", min_size=64, max_size=64)
_decimals = st.from_regex(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?", fullmatch=True)
_instants = st.datetimes(min_value=datetime(1, 1, 2)).map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"))
_uris = st.from_regex(r"https://[a-z]{1,8}\.example/[A-Za-z0-9._-]{1,12}", fullmatch=True)


_days = st.dates().map(lambda day: day.isoformat())


def _written(field: Field) -> st.SearchStrategy[str]:
    """Texts of a field: any, or such as its pattern asks for."""
    metas = [one for one in get_args(field.type)[1:] if getattr(one, "pattern", None)]
    return st.from_regex(metas[0].pattern.removesuffix(r"(?!\n)"), fullmatch=True) if metas else _texts


def values(field: Field) -> st.SearchStrategy[Any]:
    """JSON values that a field takes."""
    match field.form:
        case "list":
            assert field.item is not None
            return st.lists(values(field.item), min_size=0 if field.required else 1, max_size=3)
        case "group":
            return members(field.fields).filter(bool)  # a form cannot say that a group is there and has nothing
        case "names":
            return st.dictionaries(st.sampled_from(["zh", "en"]), _texts, min_size=1)
        case "choice":
            return st.sampled_from(field.options)
        case "integer":
            return st.integers(max(field.least or 0, -(2**53) + 1), min(field.most or 0, 2**53 - 1))
        case "rows":
            rows = st.fixed_dictionaries(
                {"mediaType": st.just("application/x-ndjson"), "sha256": _hex, "size": st.integers(0, 10**9)}
            )
            return st.fixed_dictionaries({"count": st.integers(0, 10**6), "root": _hex, "rows": rows})
        case "content":
            return st.fixed_dictionaries({"mediaType": _texts, "sha256": _hex, "size": st.integers(0, 10**9)})
    plain: dict[str, st.SearchStrategy[Any]] = {
        "text": _written(field), "day": _days, "uri": _uris, "decimal": _decimals, "instant": _instants,
        "record": _hex, "flag": st.just(True),
    }  # fmt: skip
    return plain[field.form]


def members(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects of some fields: all that are required, some that are not."""
    required = {one.name: values(one) for one in fields if one.required}
    # A part that may be left out and says nothing is left out by a form.
    parts = {one.name: values(one).filter(bool) if one.form == "group" else values(one) for one in fields if not one.required}
    return st.fixed_dictionaries(required, optional=parts)


def arguments_of(act: Act) -> st.SearchStrategy[dict[str, Any]]:
    """JSON arguments of an act whose every field is well formed; together they may still break a rule of the kind."""
    return members(act.fields)
