"""The worst streams on the map: a ring about each, which leads to its page, and its rank and name where there is room."""

from collections.abc import Callable, Sequence
from typing import Final

from openqi.app.pictures.frame import INK, Spec, Wording, layer, quantitative
from openqi.app.pictures.screening.places import HEIGHT, WIDTH, Height, pixel_of, place_of
from openqi.app.pictures.screening.told import shown_name, told_of
from openqi.app.screening.measures import Screened

_NAMED: Final = 8
Box = tuple[float, float, float, float]
Side = tuple[str, float, float]
"""How a name is aligned, and how far it stands from the middle of its mark."""
_SIDES: Final[tuple[Side, ...]] = (
    ("left", 8, 0), ("right", -8, 0), ("right", 6, -15), ("left", -6, -15), ("right", 6, 15), ("left", -6, 15),
)  # fmt: skip


def names_of(
    placed: Sequence[Screened], up: Height, right: float, wording: Wording, address: Callable[[Screened], str | None] | None
) -> list[Spec]:
    """Return the layers of the worst streams; a name that would lie on another one or on marks is left out.

    Args:
        placed: streams on the map, the worst first.
        up: what goes upwards.
        right: where the axis to the right ends.
        wording: words.
        address: of the page of a stream; None for none.
    """
    rings: list[Spec] = []
    texts: list[Spec] = []
    taken: list[Box] = [(0, 0, WIDTH, 20), (0, HEIGHT - 20, WIDTH, HEIGHT)]
    worst = [one for one in placed if one.quadrant != "stable-capable"][:_NAMED]
    pixels = [pixel_of(one, up, right) for one in worst]
    # Thousands of marks lie on few pixels; whole ones are near enough for what a name may cover.
    marks = {(round(left), round(top)) for left, top in (pixel_of(one, up, right) for one in placed)}
    for place, one in enumerate(worst):
        x, y = place_of(one, up)
        row: Spec = {"x": x, "y": y, "tip": f"{place + 1}. {told_of(one, wording)}"}
        if address is not None and (leads := address(one)):
            row["href"] = leads
        rings.append(row)
        name = f"{place + 1} {shown_name(one.stream, 24)}"
        own = (round(pixels[place][0]), round(pixels[place][1]))
        others = [(left - 6, top - 6, left + 6, top + 6) for left, top in marks if (left, top) != own]
        sides = _sides(pixels[place], name)
        free = [side for side in sides if not any(_over(side[1], other) for other in (*taken, *others))]
        if free or (place == 0 and sides):  # the very worst is named even where it must lie on others
            side, box = (free or sides)[0]
            taken.append(box)
            texts.append({"x": x, "y": y, "text": name, "side": side})
    return _drawn(rings, texts)


def _drawn(rings: list[Spec], texts: list[Spec]) -> list[Spec]:
    """Names on a pale ground, and the rings on top, which can be pointed at all over."""
    found: list[Spec] = []
    for side in _SIDES:
        chosen = [{name: one[name] for name in ("x", "y", "text")} for one in texts if one["side"] == side]
        align, dx, dy = side
        text = {"type": "text", "align": align, "baseline": "middle", "dx": dx, "dy": dy, "fontSize": 11}
        if chosen:
            both: Spec = {"x": quantitative("x"), "y": quantitative("y"), "text": {"field": "text"}}
            halo = {**text, "stroke": "white", "strokeWidth": 3.5, "color": "white", "strokeJoin": "round"}
            found += [layer([dict(one) for one in chosen], mark, **both) for mark in (halo, {**text, "color": INK})]
    ring = {
        "type": "point",
        "filled": False,
        "fill": "white",
        "fillOpacity": 0.01,
        "stroke": INK,
        "size": 70,
        "strokeWidth": 1.4,
        "opacity": 1,
    }
    for linked in (False, True):  # a mark without an address among those with one would lead to nowhere
        marks = [one for one in rings if ("href" in one) == linked]
        link: Spec = {"href": {"field": "href", "type": "nominal"}} if linked else {}
        if marks:
            found.append(layer(marks, ring, x=quantitative("x"), y=quantitative("y"), **link))
    return found


def _sides(pixel: tuple[float, float], name: str) -> list[tuple[Side, Box]]:
    """The rooms that a name has within the picture: beside its mark, above and below."""
    left, top = pixel
    wide = 12.0 + sum(12.0 if character > "\u2e80" else 6.6 for character in name)
    found: list[tuple[Side, Box]] = []
    for align, dx, dy in _SIDES:
        begins = left + dx - 4 if align == "left" else left + dx + 2 - wide
        found.append(((align, dx, dy), (begins, top + dy - 8, begins + wide + 2, top + dy + 8)))
    return [(side, box) for side, box in found if box[0] >= 0 and box[2] <= WIDTH and box[1] >= 0 and box[3] <= HEIGHT]


def _over(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
