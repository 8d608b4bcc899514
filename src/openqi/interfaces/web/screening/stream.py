"""What the page of one stream shows: its chart, how its readings lie against the tolerance, its latest change, its violations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from openqi.app.pictures.capability.histogram import capability_histogram
from openqi.app.pictures.capability.shown import ShownStudy
from openqi.app.pictures.control.phrases import rule_phrase
from openqi.app.pictures.frame import MUTED, Spec, Wording
from openqi.app.pictures.screening.stream import MOST, stream_chart
from openqi.app.pictures.screening.told import shown_name
from openqi.app.screening.measures import Screened
from openqi.app.screening.results import Results
from openqi.app.screening.shift import latest_shift
from openqi.kernel.errors import DomainError
from openqi.science.capability.study import study

READINGS: Final = 500
"""So many of the last readings of a stream are looked at."""
_ROWS: Final = 20


class StreamPages:
    """The worst streams with their readings and violations, read at once.

    Args:
        results: that were read.
        readings: folder of readings; None where it was not named.
        worst: streams that get a page.

    Raises:
        NotFoundError, FormatError: the folder has other readings than those that were watched.
    """

    def __init__(self, results: Results, readings: Path | None, worst: Sequence[Screened]) -> None:
        called = {str(stream): stream for stream in results.rows["stream"]}
        streams = [called[one.stream] for one in worst]
        self._rules = results.rules
        self._readings = {} if readings is None else results.readings_of(readings, streams, READINGS)
        self._violations = results.violations_of(streams, max(MOST, _ROWS))
        self._called = called

    def values(self, one: Screened, wording: Wording, language: str) -> dict[str, Any]:
        """Return what the template of a stream asks for, in a language."""
        stream = self._called[one.stream]
        readings = self._readings.get(stream, [])
        violations = self._violations[stream]
        rules = [(rule, rule_phrase(rule, self._rules, wording), one.rules[rule.number]) for rule in self._rules.rules]
        last = [(point, time, value, self._rules.numbers_of(bits)) for point, time, value, bits in reversed(violations[-_ROWS:])]
        return {
            "chart": stream_chart(one, self._rules, readings, violations, wording),
            "histogram": _histogram(one, readings, wording), "shift": latest_shift(readings, one.sigma), "rules": rules,
            "violations": last, "with_readings": bool(readings), "language": language,
        }  # fmt: skip


def _histogram(one: Screened, readings: Sequence[tuple[Any, float | None]], wording: Wording) -> Spec | None:
    """The last readings against the tolerance; nothing where there is none, or readings too few or alike for it."""
    values = [value for _, value in readings if value is not None]
    try:
        found = study(values, lower=one.lower, upper=one.upper, alarms=max(1, one.alarms) if one.unstable else 0)
    except DomainError:
        return None
    spec = capability_histogram(ShownStudy(study=found, name="", unit=one.unit), wording)
    subtitle = wording("screen-last-readings", shown=len(values), count=one.readings + one.missing)
    spec["title"] |= {"subtitle": [subtitle], "subtitleColor": MUTED, "subtitleFontWeight": 400}  # the page says what is unstable
    return {**spec, "description": f"{shown_name(one.stream, 80)}. {spec['title']['text']}. {subtitle}"}
