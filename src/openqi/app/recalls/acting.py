"""From files and words to what is asked about a recall: publish or order it, report how far it is, end it."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

from openqi.app.recalls.concerning import standing_edition
from openqi.app.recalls.notice import Notice, NoticeLine
from openqi.formats.digital_link import mark_name
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.kernel.identifier import check_gs1_key
from openqi.pillars.surveillance.recalls.publishing import OrderRecall, PublishRecall
from openqi.records import Content, Items, Names, of_json
from openqi.records.recall_rows import ReachedRow
from openqi.records.rows import committed, row_line
from openqi.store.marking import hash_of
from openqi.store.store import Store

_NEEDED: Final = (
    "recall", "number", "firm", "name", "lines", "defect", "consequence", "risk", "remedies", "what_to_do", "contact", "sold",
    "begins",
)  # fmt: skip
_PICTURES: Final = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def recall_asked(
    notice: Notice, party: str, store: Store, read: Callable[[str], bytes], *, language: str = "zh"
) -> PublishRecall | OrderRecall:
    """Return what a file of a recall asks: a firm publishes its own, anybody else orders it; its pictures are kept.

    Where a recall of that URI stands and the file names no edition that it replaces, it is the next edition.

    Args:
        notice: the file.
        party: who asks.
        store: where pictures are kept.
        read: name of a picture in the file → its bytes.
        language: of texts that are given in one language only.

    Raises:
        FormatError: a member is missing or of another form.
        NotFoundError: a picture is not there.
    """
    missing = [name for name in _NEEDED if not getattr(notice, name)]
    if missing:
        raise FormatError(f"the recall does not say {', '.join(missing)}")
    replaces = notice.replaces
    if not replaces:
        found = standing_edition(store, notice.recall)
        replaces = "" if found is None else found[0].id
    told: dict[str, Any] = {
        "recall": notice.recall, "number": notice.number, "firm": notice.firm, "risk": notice.risk,
        "remedies": list(notice.remedies), "begins": notice.begins, "complaints": notice.complaints or 0,
        "injuries": notice.injuries or 0, "because": list(notice.because), "illustrative": notice.illustrative,
        "lines": [_line(one, place, language) for place, one in enumerate(notice.lines, 1)],
        "pictures": [msgspec.to_builtins(_picture(name, store, read)) for name in notice.pictures],
    }  # fmt: skip
    told |= {
        name: _names(getattr(notice, part), language)
        for name, part in (
            ("name", "name"), ("defect", "defect"), ("consequence", "consequence"), ("whatToDo", "what_to_do"),
            ("contact", "contact"), ("sold", "sold"), ("narrowed", "narrowed"),
        )
        if getattr(notice, part)
    }  # fmt: skip
    told |= {name: text for name, text in (("ends", notice.ends), ("learned", notice.learned), ("replaces", replaces)) if text}
    return of_json(told, PublishRecall) if notice.firm == party else of_json(told, OrderRecall)


def _line(line: NoticeLine, place: int, language: str) -> dict[str, Any]:
    if not line.name:
        raise FormatError(f"line {place} of the recall has no name")
    for gtin in line.gtins:
        check_gs1_key("GTIN", gtin)
    told: dict[str, Any] = {"number": str(place), "name": _names(line.name, language)}
    told |= {name: list(getattr(line, name)) for name in ("lots", "models", "batches", "gtins")}
    more = (("product", line.product), ("madeFrom", line.made_from), ("madeUntil", line.made_until), ("made", line.made))
    return told | {name: value for name, value in (*more, ("recalled", line.recalled)) if value not in ("", None)}


def _names(told: Any, language: str) -> dict[str, str]:
    names = told if isinstance(told, Names) else Names(**{language: str(told)})
    return {name: text for name in ("zh", "en") if (text := getattr(names, name))}


def _picture(name: str, store: Store, read: Callable[[str], bytes]) -> Content:
    media = _PICTURES.get(name.rpartition(".")[2].lower())
    if media is None:
        raise FormatError(f"picture {name!r} ends otherwise than {', '.join(_PICTURES)}")
    data = read(name)
    store.put_blob(data)
    return Content(media_type=media, sha256=sha256(data).hexdigest(), size=len(data))


def edition_asked(store: Store, recall: str) -> str:
    """Return the record of the edition that counts of a recall, which is named by its URI or by that record.

    Raises:
        NotFoundError: no edition of it stands.
    """
    if len(recall) == 64 and ":" not in recall:
        return store.logged(recall).record.id
    found = standing_edition(store, recall)
    if found is None:
        raise NotFoundError(f"no edition of recall {recall[:200]} stands in this log; name it by its URI")
    return found[0].id


def units_asked(store: Store, rows: Iterable[Sequence[str]]) -> Items | None:
    """Return the commitment to units that were reached, each a mark and how; None where there are none.

    Args:
        store: where the rows are kept.
        rows: mark, as it stands on the goods, as its name or as its hash, and `returned`, `repaired` or `destroyed`.

    Raises:
        FormatError: a mark or state is none.
    """
    found = [of_json({"mark": mark_hash(mark.strip()), "state": state.strip()}, ReachedRow) for mark, state in rows]
    if not found:
        return None
    items, content = committed(map(row_line, found))
    store.put_blob(content)
    return items


def mark_hash(mark: str) -> str:
    """Return the hash of a mark in hexadecimal digits, whichever of its three spellings is given.

    Raises:
        FormatError: it is no mark.
    """
    if len(mark) == 64 and ":" not in mark:
        return mark
    return hash_of(mark if mark.startswith("ni:") else mark_name(mark)).hex()
