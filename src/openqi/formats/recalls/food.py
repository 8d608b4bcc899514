"""Food of the United States: recalls of FDA and USDA-FSIS in one unified list, and each of the two services' own JSON."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from openqi.formats.recalls.listed import Fault, Line, UnreadableError, fault, json_list, line_at, once, text_of
from openqi.records.recall_rows import TakenRecallRow

Told = Mapping[str, Any]
_SPANISH: Final = frozenset({"spanish", "es", "español"})


def read_fda(data: bytes) -> Iterator[TakenRecallRow | Fault]:
    """Yield recalls of FDA as rows, of enforcement reports or of a unified list; those of USDA in it are passed over.

    Args:
        data: JSON: a list, or one under `results`.

    Raises:
        FormatError: it is no JSON list.

    Source: [OPENFDA].
    """
    yield from _read(data, "FDA", _enforcement)


def read_usda(data: bytes) -> Iterator[TakenRecallRow | Fault]:
    """Yield recalls and public health alerts of USDA-FSIS as rows; the Spanish twin of a recall is a line of it.

    Args:
        data: JSON: the list of the service, or a unified list, in which those of FDA are passed over.

    Raises:
        FormatError: it is no JSON list.

    Source: [FSISAPI].
    """
    yield from _read(data, "USDA", _fsis)


def _read(data: bytes, agency: str, own: Callable[[int, Told], Line]) -> Iterator[TakenRecallRow | Fault]:
    def rows() -> Iterator[TakenRecallRow | Fault]:
        for place, told in enumerate(json_list(data, "results"), 1):
            if not isinstance(told, dict):
                yield fault(place, "no recall", text_of(told))
                continue
            if "agency" in told and text_of(told["agency"]).upper() != agency:
                continue
            line = _unified(place, told) if "agency" in told else own(place, told)
            try:
                yield line.row()
            except UnreadableError as error:
                yield fault(place, str(error), text_of(told.get("title")) or text_of(told.get("field_title")))

    yield from once(rows())


def _unified(place: int, told: Told) -> Line:
    """A line of the unified list: a number of the notice where there is one, else the name that the list gave it."""
    get = _getter(told)
    line = line_at(
        place, get("notice_id_number") or get("uid"), title=get("title"), name=get("product_description"), firm=get("company_name"),
        brand=get("brand_name"), defect=get("recall_reason"), risk=get("recall_classification") or get("risk_level"),
        hazard=get("recall_type"), sold=get("impacted_states"), url=get("recall_url"),
    )  # fmt: skip
    line.day("published", get("notification_dttm") or get("company_announce_dttm"))
    return line


def _enforcement(place: int, told: Told) -> Line:
    """A line of the enforcement reports: the event is the recall, and its own number that of the product."""
    get = _getter(told)
    number = get("recall_number")
    line = line_at(
        place, get("event_id") or number, number if get("event_id") else "", title=get("product_description")[:200],
        name=get("product_description"), firm=get("recalling_firm"), defect=get("reason_for_recall"), risk=get("classification"),
        hazard=get("status"), batch="; ".join(filter(None, (get("code_info"), get("more_code_info")))),
        sold=get("distribution_pattern"), remedy=get("voluntary_mandated"),
    )  # fmt: skip
    line.day("published", get("report_date") or get("recall_initiation_date"))
    line.units(get("product_quantity"))
    return line


def _fsis(place: int, told: Told) -> Line:
    """A line of FSIS: a recall and its Spanish twin share a number; the twin is the line `es` of it."""
    get = _getter(told)
    number = get("field_recall_number")
    spanish = get("langcode").lower() in _SPANISH or get("field_translation_language").lower() in _SPANISH
    line = line_at(
        place, number, "es" if spanish else "", twin="es" if spanish else "", title=get("field_title"),
        name=get("field_product_items"),
        firm=get("field_establishment"), defect=get("field_recall_reason"), consequence=_plain(get("field_summary")),
        risk=get("field_recall_classification"), hazard=get("field_recall_type"), batch=get("field_labels"),
        sold=get("field_states"), url=get("field_recall_url"),
    )  # fmt: skip
    line.day("published", get("field_recall_date"))
    line.units(get("field_pounds_recalled"))
    return line


def _plain(text: str) -> str:
    """A text without the tags of a page; what stands between them stays."""
    parts = text.replace("&nbsp;", " ").replace("&amp;", "&").split("<")
    return " ".join(" ".join([parts[0], *(one.partition(">")[2] for one in parts[1:])]).split())


def _getter(told: Told) -> Callable[[str], str]:
    return lambda name: text_of(told.get(name))
