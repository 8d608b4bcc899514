"""The option --picture: a picture of what a command has found, as SVG or PNG, beside its answer."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openqi.interfaces.cli.options import PATH
from openqi.interfaces.cli.output import Output, complain

if TYPE_CHECKING:
    from openqi.app.pictures.frame import Spec, Wording

picture_option = click.option("--picture", type=PATH, metavar="FILE", help="Write a picture too, as .svg or .png.")


def checked(picture: Path | None, **more: object) -> Path | None:
    """Return where the picture goes, refusing at once a name that no picture has.

    Args:
        picture: of --picture.
        more: options that say something of the picture, by name; without one they are refused.

    Raises:
        FormatError: the name ends otherwise than pictures do.
    """
    for name, given in more.items():
        if given and picture is None:
            raise click.UsageError(f"--{name} says what the picture shows; give --picture FILE too")
    if picture is not None:
        from openqi.interfaces.pictures.drawing import check_ending

        check_ending(picture)
    return picture


def draw(out: Output, picture: Path | None, make: "Callable[[Wording], Spec]") -> None:
    """Write the picture that `make` gives for the words of the output's language; what its reader must know goes to errors."""
    if picture is None:
        return
    from openqi.interfaces.pictures.drawing import write_picture
    from openqi.interfaces.pictures.wording import wording_of

    told = write_picture(picture, make(wording_of(out.language)))
    if told is not None:
        complain(f"{picture}: {told}")
