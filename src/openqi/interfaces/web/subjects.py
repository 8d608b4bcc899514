"""The pages of things by their URI, and their charts: products, lots, instruments, items."""

from typing import Final

from starlette.requests import Request

from openqi.app.reading.control.plans import plans_with
from openqi.app.reading.instruments import InstrumentPage
from openqi.app.reading.items import ItemPage
from openqi.app.reading.lots import LotPage
from openqi.app.reading.products import ProductPage
from openqi.app.reading.reader import Reader
from openqi.interfaces.web.charts import Spec, chart_of
from openqi.interfaces.web.seat import Seat
from openqi.kernel.errors import FormatError

LONGEST: Final = 2100


def subject_html(seat: Seat, what: str, uri: str) -> str:
    """Return the page of a subject; that of an instrument leads to the control plans that use it."""
    plans = plans_with(seat.reader.context(), uri) if what == "instrument" else ()
    return seat.pages.subject(subject_page(seat.reader, what, uri), seat.links, plans)


def subject_page(reader: Reader, what: str, uri: str) -> ProductPage | LotPage | InstrumentPage | ItemPage:
    """Return what is known of a subject."""
    match what:
        case "product":
            return reader.product_page(uri)
        case "lot":
            return reader.lot_page(uri)
        case "instrument":
            return reader.instrument_page(uri)
    return reader.item_page(uri)


def chart_asked(request: Request, reader: Reader) -> Spec:
    """Return the chart of which a request names the page and the number."""
    return chart_of(subject_page(reader, request.path_params["what"], uri_of(request)), request.path_params["number"])


def uri_of(request: Request) -> str:
    """Return the URI that a request names; raises FormatError where it names none."""
    uri = request.query_params.get("uri", "")
    if not 0 < len(uri) <= LONGEST:
        raise FormatError("name a subject by its URI: ?uri=…")
    return uri
