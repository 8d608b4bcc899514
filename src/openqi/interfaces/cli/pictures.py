"""The option --picture: a picture of what a command has found, as SVG or PNG, beside its answer."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openqi.interfaces.cli.options import PATH
from openqi.interfaces.cli.output import Output, complain

if TYPE_CHECKING:
    from openqi.app.pictures.frame import Spec, Wording
    from openqi.science.capability.result import Study
    from openqi.science.uncertainty.monte_carlo.propagated import Propagated
    from openqi.science.uncertainty.propagation.budget import By
    from openqi.science.uncertainty.propagation.evaluation import Evaluation

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
    from openqi.interfaces.web.wording import wording_of

    told = write_picture(picture, make(wording_of(out.language)))
    if told is not None:
        complain(f"{picture}: {told}")


def picture_of_study(found: "Study", name: str, unit: str, of: str | None, wording: "Wording") -> "Spec":
    """Return the picture of a capability study that --of names, by default the histogram."""
    from openqi.app.pictures.capability.histogram import capability_histogram
    from openqi.app.pictures.capability.shown import ShownStudy
    from openqi.app.pictures.capability.sixpack import capability_sixpack

    shown = ShownStudy(study=found, name=name, unit=unit)
    return capability_sixpack(shown, wording) if of == "sixpack" else capability_histogram(shown, wording)


def picture_of_results(
    of: str, results: Sequence[str], found: "Sequence[Evaluation]", first: "Sequence[Evaluation]", run: "Propagated | None",
    by: "By", wording: "Wording",
) -> "Spec":  # fmt: skip
    """Return the picture of an evaluated model that --of and --result name."""
    from openqi.app.pictures.budget import budget_bars
    from openqi.app.pictures.distribution import output_distribution
    from openqi.app.pictures.ellipse import coverage_ellipses

    wanted = 2 if of == "ellipse" else 1
    names = list(results) or [one.name for one in found[:wanted]]
    known = {one.name: one for one in found}
    if len(names) != wanted or not set(names) <= set(known):
        raise click.UsageError(f"--of {of} shows {wanted} of the outputs {', '.join(known)}; name as many with --result")
    if of == "ellipse":
        return coverage_ellipses(first, wording, names=(names[0], names[1]), run=run)
    if of == "budget":
        return budget_bars(known[names[0]], wording, by=by)
    if run is None:
        raise click.UsageError("--of distribution shows trials; give --monte-carlo N too")
    (one,) = (one for one in first if one.name == names[0])
    return output_distribution(run, wording, name=one.name, unit=one.unit, first=one)
