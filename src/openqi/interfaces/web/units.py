"""Unit texts as people read them: A.h is A·h, Cel is °C, \\milli\\metre is mm; what is not known stays as it was stated."""

import re
from typing import Final

_DSI: Final = {
    "metre": "m", "gram": "g", "kilogram": "kg", "second": "s", "ampere": "A", "kelvin": "K", "mole": "mol", "candela": "cd",
    "one": "", "radian": "rad", "steradian": "sr", "hertz": "Hz", "newton": "N", "pascal": "Pa", "joule": "J", "watt": "W",
    "coulomb": "C", "volt": "V", "farad": "F", "ohm": "Ω", "siemens": "S", "weber": "Wb", "tesla": "T", "henry": "H",
    "degreecelsius": "°C", "lumen": "lm", "lux": "lx", "becquerel": "Bq", "gray": "Gy", "sievert": "Sv", "katal": "kat",
    "minute": "min", "hour": "h", "day": "d", "degree": "°", "litre": "L", "tonne": "t", "bar": "bar", "percent": "%",
    "ppm": "ppm", "electronvolt": "eV", "arcminute": "′", "arcsecond": "″", "hectare": "ha",
}  # fmt: skip
_PREFIXES: Final = {
    "quetta": "Q", "ronna": "R", "yotta": "Y", "zetta": "Z", "exa": "E", "peta": "P", "tera": "T", "giga": "G", "mega": "M",
    "kilo": "k", "hecto": "h", "deca": "da", "deci": "d", "centi": "c", "milli": "m", "micro": "µ", "nano": "n", "pico": "p",
    "femto": "f", "atto": "a", "zepto": "z", "yocto": "y", "ronto": "r", "quecto": "q",
}  # fmt: skip
_FACTOR: Final = re.compile(
    rf"(\\per(?=\\))?(?:\\({'|'.join(_PREFIXES)})(?=\\))?\\(?!per(?!cent)|tothe)([a-z]+)(?:\\tothe\{{([+-]?[0-9.]+)\}})?"
)
_UCUM: Final = {"Cel": "°C", "Ohm": "Ω", "deg": "°", "'": "′", "''": "″", "1": "", "[ppm]": "ppm", "u": "µ"}
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MICRO: Final = re.compile(r"\bu(?=[A-Za-z])")
_POWER: Final = re.compile(r"(?<=[A-Za-zΩ°])([+-]?[0-9]+)")


def shown_unit(text: str) -> str:
    """Return a unit as it is printed."""
    if text.startswith("\\"):
        return _dsi(text)
    if text in _UCUM:
        return _UCUM[text]
    return _POWER.sub(lambda found: found[1].translate(_RAISED), _MICRO.sub("µ", text)).replace(".", "·")


def _dsi(text: str) -> str:
    parts, place = [], 0
    for found in _FACTOR.finditer(text):
        if found.start() != place:
            return text
        place = found.end()
        per, prefix, name, power = found.groups()
        if prefix in _PREFIXES and name in _DSI:
            symbol = _PREFIXES[prefix] + _DSI[name]
        elif prefix is None and name in _DSI:
            symbol = _DSI[name]
        else:
            return text
        exponent = (f"-{power or 1}" if per else power or "").removeprefix("+")
        parts.append(symbol + ("" if exponent in ("", "1") else exponent.translate(_RAISED)))
    return "·".join(parts) if place == len(text) else text
