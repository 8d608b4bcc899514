"""The words of pictures in one language, out of the one table of words."""

from functools import lru_cache
from typing import Final

from openqi.app.pictures.frame import Wording
from openqi.interfaces.web.units import shown_unit
from openqi.interfaces.web.words import phrase, phrases

_PREFIX: Final = "picture:"


@lru_cache(maxsize=4)
def wording_of(language: str) -> Wording:
    """Return the words of pictures in a language, `zh` or `en`, and units as they are read."""
    names = [name for name in phrases() if name.startswith(_PREFIX)]
    return Wording(words={name.removeprefix(_PREFIX): phrase(name, language) for name in names}, unit=shown_unit)
