"""What a verification found: numbered steps, the first that failed, and *proved*, *replayed* and *complete* apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["passed", "failed", "withheld", "not checked"]
_NAMES = ("form", "policy", "checkpoint", "genesis", "inclusion", "key", "signature", "blob", "basis", "replay", "complete")
STEPS: Final = dict(enumerate(_NAMES, start=1))


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one step found."""

    number: int
    state: State
    detail: str

    @property
    def name(self) -> str:
        """The step's name, as errors and documentation use it."""
        return STEPS[self.number]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a verification found; a step that is missing was not reached."""

    target: str
    steps: tuple[Step, ...]

    @property
    def proved(self) -> State:
        """Whether the signatures and the log hold."""
        return self._state(range(1, 9))

    @property
    def replayed(self) -> State:
        """Whether the same commands on the same basis give the same records."""
        return self._state((9, 10))

    @property
    def complete(self) -> State:
        """Whether nothing later stands in the streams that were read."""
        return self._state((11,))

    @property
    def first_failure(self) -> Step | None:
        """The first step that failed."""
        return next((step for step in self.steps if step.state == "failed"), None)

    def _state(self, numbers: Iterable[int]) -> State:
        states = {step.number: step.state for step in self.steps}
        found = [states.get(number, "not checked") for number in numbers]
        return next((state for state in ("failed", "withheld", "not checked") if state in found), "passed")
