"""The library that makes pictures alive in a browser: Vega, out of the package that draws them here, served from here alone."""

import gzip
import json
from collections.abc import Mapping
from functools import lru_cache, partial
from importlib.metadata import version
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from openqi.app.pictures.recorded import recorded_budget, recorded_intervals
from openqi.interfaces.pictures.drawing import picture_svg
from openqi.interfaces.web.wording import wording_of
from openqi.kernel.errors import NotFoundError

BUNDLE: Final = "/static/vega-{version}.js"
_KEPT: Final = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}


def bundle_address() -> str:
    """Return the address of the library; another version has another, so that it may be kept for ever."""
    return BUNDLE.format(version=version("vl-convert-python"))


def pictures_of_pages(language: str) -> Mapping[str, object]:
    """Return what templates need for pictures: how one is drawn, its specification as text, and where the library is."""
    return {
        "drawn": lambda spec, name="": picture_svg(spec, language, name),
        "compact": partial(json.dumps, ensure_ascii=False, sort_keys=True),
        "vega": bundle_address(),
        "budget_picture": lambda one: recorded_budget(one, wording_of(language)),
        "intervals_picture": lambda one, run, p: recorded_intervals(one, run, wording_of(language), probability=p),
    }


async def serve_bundle(request: Request) -> Response:
    """Answer with the library, about 0.9 MB, or 0.3 MB for a browser that takes gzip; put together when it is first asked for.

    Raises:
        NotFoundError: another version is asked for.
    """
    if request.url.path != bundle_address():
        raise NotFoundError("there is no such file")
    plain, packed = await run_in_threadpool(_bundle)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="text/javascript", headers={**_KEPT, "content-encoding": "gzip"})
    return Response(plain, media_type="text/javascript", headers=_KEPT)


@lru_cache(maxsize=1)
def _bundle() -> tuple[bytes, bytes]:
    import vl_convert  # takes half a second to start, and few processes need it

    plain = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").encode()
    return plain, gzip.compress(plain, mtime=0)
