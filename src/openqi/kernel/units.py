r"""Units as exact factors to the coherent SI: D-SI (`\milli\metre\tothe{2}`) and case-sensitive UCUM (`mm2`) texts.

Units of one dimension are one kind: torque and energy, hertz and becquerel are not told apart, as the SI does not.
One unit has one text: spaces are refused, because in a D-SI list a space begins the next unit.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache

from openqi.kernel.errors import FormatError

MAX_LENGTH = 200
MAX_POWER = 20  # of a unit; the power of ten, 10*, may go to 99
BASE = ("metre", "kilogram", "second", "ampere", "kelvin", "mole", "candela")

_PREFIXES = """
quetta Q 30 ronna R 27 yotta Y 24 zetta Z 21 exa E 18 peta P 15 tera T 12 giga G 9 mega M 6 kilo k 3 hecto h 2 deca da 1
deci d -1 centi c -2 milli m -3 micro u -6 nano n -9 pico p -12 femto f -15 atto a -18 zepto z -21 yocto y -24
ronto r -27 quecto q -30
"""
_TENS = [Fraction(10) ** int(power) for power in _PREFIXES.split()[2::3]]
_NAMES, _SYMBOLS = (dict(zip(_PREFIXES.split()[column::3], _TENS, strict=True)) for column in (0, 1))

# D-SI name, UCUM symbol, prefixes (yes, ucum only, no), definition in UCUM; `#` is a base unit, `!` a reason to refuse.
# mmHg is 133.322 Pa, as SI brochure (8th ed.) and UCUM both say, not the conventional 133.322387415 Pa.
_TABLE = """
metre m yes #0 | gram g yes #1/1000 | second s yes #2 | ampere A yes #3 | kelvin K yes #4 | mole mol yes #5
candela cd yes #6 | kilogram - no kg | one - no 1 | radian rad yes 1 | steradian sr yes 1 | - [pi] no #pi
hertz Hz yes /s | newton N yes kg.m/s2 | pascal Pa yes N/m2 | joule J yes N.m | watt W yes J/s | coulomb C yes A.s
volt V yes W/A | farad F yes C/V | ohm Ohm yes V/A | siemens S yes A/V | weber Wb yes V.s | tesla T yes Wb/m2
henry H yes Wb/A | degreecelsius Cel yes K | lumen lm yes cd.sr | lux lx yes lm/m2 | becquerel Bq yes /s
gray Gy yes J/kg | sievert Sv yes J/kg | katal kat yes mol/s
minute min no 60.s | hour h no 3600.s | day d no 86400.s | - wk no 7.d | - a no 36525.d/100
degree deg no [pi]/180 | arcminute ' no deg/60 | arcsecond '' no deg/3600 | - gon no [pi]/200 | - circ no 2.[pi]
hectare - no 10*4.m2 | - ar ucum 100.m2 | litre L yes dm3 | - l ucum dm3 | tonne t ucum 1000.kg
electronvolt eV yes 1602176634.10*-28.J | astronomicalunit - no 149597870700.m | bar bar yes 10*5.Pa
angstrom Ao no 10*-10.m | barn b no 10*-28.m2 | nauticalmile [nmi_i] no 1852.m | knot [kn_i] no 1852.m/h
mmhg - no 133322.10*-3.Pa | - m[Hg] ucum 133322.Pa | - m[H2O] ucum 980665.Pa/100 | - atm no 101325.Pa
clight [c] no 299792458.m/s | elementarycharge [e] no 1602176634.10*-28.C | planckbar - no 662607015.10*-42.J.s/2/[pi]
percent % no 10*-2 | - [ppth] no 10*-3 | ppm [ppm] no 10*-6 | - [ppb] no 10*-9 | - [pptr] no 10*-12
- [in_i] no 254.10*-4.m | - [mil_i] no 254.10*-7.m | - [ft_i] no 12.[in_i] | - [yd_i] no 3.[ft_i]
- [mi_i] no 5280.[ft_i] | - [lb_av] no 45359237.10*-8.kg | - [oz_av] no [lb_av]/16 | - [oz_tr] no 311034768.10*-10.kg
- [car_m] no 2.dg | - [g] no 980665.10*-5.m/s2 | - gf ucum g.[g] | - [lbf_av] no [lb_av].[g] | - att no kgf/cm2
- [psi] no [lbf_av]/[in_i]2 | - [gal_us] no 231.[in_i]3 | - [gal_br] no 454609.10*-5.L | - [degF] no 5.K/9 | - [degR] no 5.K/9
- cal_th ucum 4184.10*-3.J | - cal_IT ucum 41868.10*-4.J | - [Btu_IT] no 105505585262.10*-8.J
- [HP] no 550.[ft_i].[lbf_av]/s | - dyn ucum g.cm/s2 | - erg ucum dyn.cm | - P ucum dyn.s/cm2 | - St ucum cm2/s
- Gal ucum cm/s2 | - G ucum 10*-4.T | - Ci ucum 37.10*9.Bq | - tex ucum g/km | - [den] no g/9/km | - U ucum umol/min
bel B yes !level | decibel - yes !level | neper Np yes !level | - [pH] no !level | dalton u yes !measured
atomicmassunit - no !measured | electronmass [m_e] no !measured | bohr - no !measured | hartree - no !measured
atomicunittime - no !measured | naturalunittime - no !measured
"""
_ZEROS = {"Cel": Fraction(27315, 100), "[degF]": Fraction(45967, 180)}  # where the scale reads 0, in kelvin
_REASONS = {
    "!level": "a logarithmic level has no factor that leads back to the SI; state the ratio or the quantity itself",
    "!measured": "this constant is measured and changes with each CODATA adjustment; state the value in an SI unit",
}

_DSI = re.compile(
    rf"(?P<per>\\per(?![A-Za-z]))?(?:\\(?P<prefix>{'|'.join(_NAMES)})(?=\\))?"
    r"\\(?P<name>[A-Za-z]+)(?:\\tothe\{(?P<power>[+-]?[0-9]{1,3}(?:\.[0-9]{1,4})?)\})?"
)
_UCUM = re.compile(
    r"(?P<number>[1-9][0-9]{0,11})(?![0-9*^])|(?P<ten>10[*^])(?P<tens>[+-]?[0-9]{1,2})?|\{[!-z|~]*\}"
    r"|(?P<name>%|(?:[A-Za-z_']|\[[A-Za-z0-9_']+\])+)(?P<power>[+-]?[0-9]{1,2})?(?:\{[!-z|~]*\})?"
)

Factor = tuple[int, "Unit", Fraction]  # position in the text, unit, power


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What a unit text means: v units are v * factor * pi^pi + offset in the coherent SI unit of the dimension."""

    dimension: tuple[Fraction, ...] = (Fraction(0),) * len(BASE)  # powers of the base units, in the order of BASE
    factor: Fraction = Fraction(1)
    pi: int = 0
    offset: Fraction = Fraction(0)


@lru_cache(maxsize=4096)
def unit_of(text: str) -> Unit:
    r"""Return what the unit `text` means: D-SI where it begins with a backslash, UCUM (case-sensitive) elsewhere.

    `\per` stands before each unit of the denominator, since readers disagree on how far one reaches. Fractional powers
    need a unit whose factor is 1; degrees Celsius and Fahrenheit stand alone. UCUM annotations `{…}` mean 1.

    Raises:
        FormatError: unknown, ambiguous, logarithmic or measured, over 200 characters or a power over 20; names the character.

    Source: [DSI] clause 3; [UCUM] clauses 2 to 4; [SIBROCHURE] tables 2 to 8.
    """
    if not 0 < len(text) <= MAX_LENGTH:
        raise _error(text, 0, f"a unit has 1 to {MAX_LENGTH} characters; for a number without unit write \\one")
    return _product(text, _dsi_factors(text) if text.startswith("\\") else _ucum_factors(text))


def _error(text: str, position: int, what: str) -> FormatError:
    return FormatError(f"unit {text[:80]!r}, character {position + 1}: {what}")


@cache
def _rows(column: int) -> dict[str, tuple[str, ...]]:
    rows = (tuple(row.split()) for row in _TABLE.replace("\n", "|").split("|") if row.strip())
    return {row[column]: row for row in rows if row[column] != "-"}


@cache
def _meaning(symbol: str, definition: str) -> Unit:
    if definition == "#pi":
        return Unit(pi=1)
    if definition.startswith("#"):
        powers = tuple(Fraction(index == int(definition[1])) for index in range(len(BASE)))
        return Unit(dimension=powers, factor=Fraction("1" + definition[2:]))
    return replace(_product(definition, _ucum_factors(definition)), offset=_ZEROS.get(symbol, Fraction(0)))


def _scaled(text: str, position: int, row: tuple[str, ...], prefix: Fraction = Fraction(1)) -> Unit:
    if row[3] in _REASONS:
        raise _error(text, position, _REASONS[row[3]])
    unit = _meaning(row[1], row[3])
    return replace(unit, factor=unit.factor * prefix)


def _unknown(text: str, position: int, name: str) -> FormatError:
    from difflib import get_close_matches

    near = get_close_matches(name, ["\\" + known for known in _rows(0)] + list(_rows(1)), n=1, cutoff=0.75)
    hint = f"did you mean {near[0]}?" if near else r"use D-SI (\metre) or UCUM (m)"
    return _error(text, position, f"no unit is written {name[:40]!r}; {hint}")


def _dsi_factors(text: str) -> Iterator[Factor]:
    position, divided, names = 0, False, _rows(0)
    while position < len(text):
        found = _DSI.match(text, position)
        if not found or found["name"] in {"per", "tothe", *_NAMES}:
            raise _error(text, position, r"write \prefix\unit\tothe{number} without spaces, as \milli\metre\tothe{2}")
        if (row := names.get(found["name"])) is None:
            raise _unknown(text, position, "\\" + found["name"])
        if found["prefix"] and row[2] != "yes":
            raise _error(text, position, f"\\{row[0]} takes no prefix; write the unit that is meant")
        if divided and not found["per"]:
            raise _error(text, position, r"unclear whether this is divided too: write \per before each divisor, at the end")
        divided = bool(found["per"])
        power = Fraction(found["power"] or 1) * (-1 if divided else 1)
        yield position, _scaled(text, position, row, _NAMES.get(found["prefix"], Fraction(1))), power
        position = found.end()


def _ucum_factors(text: str) -> Iterator[Factor]:
    position, wanted, sign, signs = 0, True, 1, [1]  # signs: one for each open parenthesis
    while position < len(text):
        character, end = text[position], position + 1
        if character in "./" and (not wanted or (character == "/" and position == 0)):
            wanted, sign = True, signs[-1] if character == "." else -signs[-1]
        elif character == "(" and wanted:
            signs.append(sign)
        elif character == ")" and not wanted and len(signs) > 1:
            signs.pop()
        elif wanted and (found := _UCUM.match(text, position)):
            wanted, end = False, found.end()
            yield position, _ucum_unit(text, position, found), Fraction(found["power"] or 1) * sign
        else:
            raise _error(text, position, r"write UCUM such as mm, m/s2, W/(m2.K) or %; D-SI begins with a backslash")
        position = end
    if wanted or len(signs) > 1:
        raise _error(text, position, "the unit ends too early; complete it or close the parenthesis")


def _ucum_unit(text: str, position: int, found: re.Match[str]) -> Unit:
    name, symbols = found["name"], _rows(1)
    if not name:
        return Unit(factor=Fraction(10) ** int(found["tens"] or 1) if found["ten"] else Fraction(found["number"] or 1))
    if name in symbols:
        return _scaled(text, position, symbols[name])
    for length in (1, 2):
        row = symbols.get(name[length:])
        if row and row[2] != "no" and name[:length] in _SYMBOLS:
            return _scaled(text, position, row, _SYMBOLS[name[:length]])
    raise _unknown(text, position, name)


def _product(text: str, factors: Iterable[Factor]) -> Unit:
    parts = list(factors)
    if len(parts) == 1 and parts[0][2] == 1:
        return parts[0][1]
    powers, factor, pi = list(Unit().dimension), Fraction(1), 0
    for position, unit, power in parts:
        if unit.offset:
            raise _error(text, position, "a scale with its own zero stands alone; for its intervals write \\kelvin or K")
        if abs(power) > MAX_POWER:
            raise _error(text, position, f"a power lies between -{MAX_POWER} and {MAX_POWER}")
        if power.denominator != 1 and (unit.factor != 1 or unit.pi):
            raise _error(text, position, "a fractional power of this unit has no exact factor; use a coherent SI unit")
        powers = [old + new * power for old, new in zip(powers, unit.dimension, strict=True)]
        factor, pi = factor * unit.factor ** int(power), pi + unit.pi * int(power)
    return Unit(dimension=tuple(powers), factor=factor, pi=pi)
