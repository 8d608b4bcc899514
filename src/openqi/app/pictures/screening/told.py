"""What a picture says of a stream: its name, its chance, and both with alarms and capability in a line."""

from typing import Final

from openqi.app.pictures.frame import Wording
from openqi.app.pictures.numbers import signed
from openqi.app.screening.measures import Screened

LN10: Final = 2.302585092994046
FAR: Final = 1000.0
"""Powers of ten beyond which chances are no longer told apart."""


def told_of(one: Screened, wording: Wording) -> str:
    """Return a stream in a line: its name, alarms, chance and capability."""
    ppk = "-" if one.ppk is None else signed(f"{one.ppk:.2f}")
    expected = "-" if one.expected is None else f"{one.expected:.3g}"
    return wording(
        "screen-tip",
        name=shown_name(one.stream, 80),
        alarms=one.alarms,
        expected=expected,
        chance=chance_text(one.log_chance),
        ppk=ppk,
    )


def shown_name(name: str, most: int) -> str:
    """Return the name of a stream for a picture: a long one without its middle, and nothing in it that turns or breaks a line."""
    plain = "".join(one if one.isprintable() else "\ufffd" for one in name)
    half = (most - 1) // 2
    return plain if len(plain) <= most else f"{plain[:half]}…{plain[-half:]}"


def chance_text(log_chance: float | None) -> str:
    """Return a chance as it is read: three digits, of a small one its power of ten."""
    if log_chance is None:
        return "-"
    power = -log_chance / LN10
    if power < 4.0:
        return f"{10.0**-power:.2g}" if power >= 0.005 else "1"
    raised = signed(str(-int(min(power, FAR)))).translate(str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"< 10{raised}" if power > FAR else f"10{raised}"
