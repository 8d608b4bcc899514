"""JSON with nothing to guess: no member twice, no NaN, no depth that breaks the reader."""

import json
from typing import Any, NoReturn

from openqi.kernel.errors import FormatError


def json_of(data: bytes, what: str) -> Any:
    """Return the JSON value in UTF-8 bytes; numbers with a dot or an exponent are floats.

    Args:
        data: the document.
        what: it should be, for messages.

    Raises:
        FormatError: it is no JSON, has a member twice, or nests too deep.
    """

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) != len(found):
            names = [name for name, _ in found]
            twice = next(name for place, name in enumerate(names) if name in names[:place])
            raise FormatError(f"{what}: the member {twice[:80]!r} stands twice in one object")
        return made

    def constant(name: str) -> NoReturn:
        raise FormatError(f"{what}: {name} is no number of JSON")

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant)
    except UnicodeDecodeError as error:
        raise FormatError(f"{what}: not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise FormatError(f"{what}: no JSON at line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise FormatError(f"{what}: nested too deep") from error
    except ValueError as error:  # a whole number of more digits than Python reads
        raise FormatError(f"{what}: a number has too many digits") from error
