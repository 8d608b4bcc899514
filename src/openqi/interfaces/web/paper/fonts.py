"""Finds the Chinese font that documents on paper are set in; it is too large to be shipped with the program."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from openqi.kernel.errors import NotFoundError

FONTS: Final = "OPENQI_FONTS"
_NAMES: Final = ("NotoSansCJK", "NotoSansSC", "NotoSansCJKsc", "SourceHanSansSC", "SourceHanSans")
_ENDINGS: Final = (".otf", ".otc", ".ttf", ".ttc")
_USUAL: Final = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts", "~/Library/Fonts",
    "/System/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
_DEEP: Final = 5


def font_folder(chosen: Path | None = None, *, environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder that holds Noto Sans (or Source Han Sans) for Simplified Chinese.

    Args:
        chosen: folder to look in; None for the one that OPENQI_FONTS names, else those where systems keep fonts.
        environment: of the process, unless given.

    Raises:
        NotFoundError: no such font; says what to install.
    """
    named = (os.environ if environment is None else environment).get(FONTS, "")
    places = (chosen,) if chosen is not None else (Path(named),) if named else tuple(Path(one).expanduser() for one in _USUAL)
    for place in places:
        found = next(_fonts(place), None)
        if found is not None:
            return found.parent
    where = ", ".join(map(str, places))
    raise NotFoundError(
        f"no Noto Sans for Simplified Chinese (SIL Open Font License) in {where}; install it (Debian: apt install fonts-noto-cjk), "
        f"or name the folder that holds it with --fonts or {FONTS}"
    )


def _fonts(place: Path) -> Iterator[Path]:
    for folder, inside, names in os.walk(place):
        if len(Path(folder).relative_to(place).parts) >= _DEEP:
            inside.clear()
        inside.sort()
        # Regular before bold: a folder with only one weight still serves.
        for name in sorted(names):
            if name.startswith(_NAMES) and name.lower().endswith(_ENDINGS) and "mono" not in name.lower():
                yield Path(folder) / name
