"""Pictures of the documentation: each in both languages, anew."""

from collections.abc import Callable, Mapping
from pathlib import Path

from openqi.app.pictures.frame import Spec, Wording
from openqi.interfaces.pictures.drawing import svg_of
from openqi.interfaces.web.wording import wording_of


def write_pictures(folder: Path, pictures: Mapping[str, Callable[[Wording], Spec]]) -> None:
    """Write each picture in both languages, as NAME.zh.svg and NAME.en.svg.

    Args:
        folder: is made where it is not there.
        pictures: by name what makes it.
    """
    folder.mkdir(exist_ok=True)
    for name, make in pictures.items():
        for language in ("zh", "en"):
            (folder / f"{name}.{language}.svg").write_bytes(svg_of(make(wording_of(language))) + b"\n")
