"""CPSC, the consumer products of the United States: the JSON of its recall service, a header a recall and a line a product."""

from collections.abc import Iterator, Mapping
from typing import Any

from openqi.formats.recalls.listed import Fault, UnreadableError, fault, json_list, line_at, once, text_of
from openqi.records.recall_rows import TakenRecallRow


def read_cpsc(data: bytes) -> Iterator[TakenRecallRow | Fault]:
    """Yield recalls as rows, each with its products behind it, and recalls that could not be read.

    `LastPublishDate` is no part of what is compared: it does not move when a recall is edited.

    Args:
        data: the JSON list.

    Raises:
        FormatError: it is no JSON list.

    Source: [CPSCAPI].
    """
    yield from once(one for place, told in enumerate(json_list(data), 1) for one in _rows(place, told))


def _rows(place: int, told: Any) -> Iterator[TakenRecallRow | Fault]:
    if not isinstance(told, dict):
        yield fault(place, "no recall", text_of(told))
        return
    number = text_of(told.get("RecallNumber")) or text_of(told.get("RecallID"))
    products = [one for one in _list(told, "Products") if isinstance(one, dict)]
    upcs = " ".join(_names(told, "ProductUPCs", "UPC"))
    header = line_at(
        place, number, title=text_of(told.get("Title")), defect=text_of(told.get("Description")),
        hazard="; ".join(_names(told, "Hazards")), consequence="; ".join(_names(told, "Injuries")),
        remedy="; ".join([*_names(told, "RemedyOptions", "Option"), *_names(told, "Remedies")]),
        maker="; ".join(_names(told, "Manufacturers")),
        firm="; ".join([*_names(told, "Importers"), *_names(told, "Distributors")]) or "; ".join(_names(told, "Manufacturers")),
        sold="; ".join([text_of(told.get("SoldAtLabel")), *_names(told, "Retailers")]).strip("; "), url=text_of(told.get("URL")),
        name=text_of(products[0].get("Name")) if len(products) == 1 else "",
    )  # fmt: skip
    header.day("published", text_of(told.get("RecallDate")))
    header.gtins(upcs)
    try:
        rows = [header.row()]
        for ordinal, product in enumerate(products, 1):
            rows.append(_product(place, number, ordinal, product))
    except UnreadableError as error:
        yield fault(place, str(error), text_of(told.get("Title")) or number)
        return
    yield from rows


def _product(place: int, number: str, ordinal: int, product: Mapping[str, Any]) -> TakenRecallRow:
    name = text_of(product.get("Name"))
    line = line_at(
        place, number, f"{ordinal}", name=name, model=text_of(product.get("Model")), batch="",
        title=text_of(product.get("Type")), defect=text_of(product.get("Description")),
    )  # fmt: skip
    line.units(text_of(product.get("NumberOfUnits")))
    return line.row()


def _list(told: Mapping[str, Any], name: str) -> list[Any]:
    value = told.get(name)
    return value if isinstance(value, list) else []


def _names(told: Mapping[str, Any], name: str, member: str = "Name") -> list[str]:
    found = [text_of(one.get(member) if isinstance(one, dict) else one) for one in _list(told, name)]
    return list(dict.fromkeys(filter(None, found)))
