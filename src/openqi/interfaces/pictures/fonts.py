"""Which font on this machine has Chinese characters without serifs: a renderer left to itself takes one with serifs."""

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final

# How a font's file begins, in lower case without dashes and spaces, and the family that it holds; the best first.
_KNOWN: Final = (
    ("notosanscjk", "Noto Sans CJK SC"), ("notosanscjksc", "Noto Sans CJK SC"), ("notosanssc", "Noto Sans SC"),
    ("sourcehansanssc", "Source Han Sans SC"), ("sourcehansanscn", "Source Han Sans CN"), ("pingfang", "PingFang SC"),
    ("hiragino sans gb", "Hiragino Sans GB"), ("msyh", "Microsoft YaHei"), ("wqymicrohei", "WenQuanYi Micro Hei"),
    ("wqyzenhei", "WenQuanYi Zen Hei"), ("droidsansfallback", "Droid Sans Fallback"), ("simhei", "SimHei"),
)  # fmt: skip
_MOST: Final = 20_000  # files looked at


def is_chinese(text: str) -> bool:
    """Return whether a text has a Chinese character."""
    return any("\u3400" <= one <= "\u9fff" or "\U00020000" <= one <= "\U0003ffff" for one in text)


@lru_cache(maxsize=1)
def chinese_family() -> str | None:
    """Return the family of a font with Chinese characters and without serifs, None where none is found."""
    return family_among(_folders())


def family_among(folders: tuple[Path, ...]) -> str | None:
    """Return the best family whose file lies in or below one of the folders."""
    names: set[str] = set()
    for folder in folders:
        for _, _, files in os.walk(folder):
            names |= {
                name.lower().replace("-", "").replace("_", "") for name in files if name[-4:].lower() in (".ttf", ".otf", ".ttc")
            }
            if len(names) > _MOST:
                break
    return next((family for start, family in _KNOWN if any(name.startswith(start) for name in names)), None)


def _folders() -> tuple[Path, ...]:
    if sys.platform == "darwin":
        return Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path.home() / "Library/Fonts"
    if sys.platform == "win32":
        return (Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",)
    return Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts", Path.home() / ".local/share/fonts"
