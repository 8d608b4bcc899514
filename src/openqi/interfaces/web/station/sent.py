"""What pages about people read out of a form, and how they tell what was refused."""

from typing import Any
from urllib.parse import urlsplit

from openqi.app.acts.sealing.outcomes import refusal_of
from openqi.app.people.visitor import Visitor
from openqi.interfaces.web.station.act_words import refusal_text
from openqi.interfaces.web.station.frame import Visit
from openqi.interfaces.web.words import phrase, phrases
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError


def told(error: RefusedError | FormatError, language: str) -> str:
    """Return what went wrong in the reader's language, where there are words for it."""
    rule = f"rule:{error.rule}" if isinstance(error, RefusedError) else ""
    return phrase(rule, language) if rule in phrases() else refusal_text(refusal_of(error), language)


def status_of_refusal(error: RefusedError | FormatError) -> int:
    """Return the status of a page that says so: 429 for who has to wait."""
    return 429 if isinstance(error, RefusedError) and error.rule == "sign-in-later" else 400


def inside(path: str) -> str:
    """Return a path of this station, or nothing: nobody is led elsewhere after signing in."""
    parts = urlsplit(path) if path.startswith("/") and len(path) < 2000 and path.isprintable() and "\\" not in path else None
    return path if parts is not None and not parts.scheme and not parts.netloc else ""


def visitor_of(visit: Visit) -> Visitor:
    """Return who is signed in; raises NotFoundError where nobody is."""
    if visit.visitor is None:
        raise NotFoundError("sign in first")
    return visit.visitor


def text_of(value: Any) -> str:
    """Return a field of a form as text; "" for one that is absent, or a file."""
    return value if isinstance(value, str) else ""


def address_of(visit: Visit) -> str:
    """Return the address that a request came from."""
    return visit.request.client.host if visit.request.client else ""
