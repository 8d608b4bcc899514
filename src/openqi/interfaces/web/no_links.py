"""The links of a page that stands alone, as one file: there is nowhere to go."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NoLinks:
    """The links of a page that stands alone: there is nowhere to go."""

    language: str
    static: bool = True
    marks: bool = False
    address: str = ""

    def _nowhere(self, *_: object, **__: object) -> None:
        return None

    def _here(self, *_: object, **__: object) -> str:
        return "#content"

    record = tree = subject = dossier = certificate = certificate_file = inspected = chance = inspections = records_of = _nowhere
    to = log = results = control_plan = control_points = draw = draw_file = draws = chart = file = style = icon = other = _here
