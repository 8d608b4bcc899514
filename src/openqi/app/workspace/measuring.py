"""What `openqi.yaml` can declare of how something is measured: procedures with their models, and evaluations of uncertainty."""

from typing import Literal

from openqi.app.workspace.declaring import Declared
from openqi.records import Names


class CertifiedDeclared(Declared, frozen=True, kw_only=True):
    """An input of a model text that a certificate gives; read at the setting, or of the quantity that is read at the reading."""

    quantity: str
    takes: Literal["factor", "correction", "value"]
    at: Literal["setting", "reading", "reference"] | None = None


class StatedDeclared(Declared, frozen=True, kw_only=True):
    """An input of a model text that is stated: its value, how sure that is, and who says so."""

    value: str
    source: Names
    distribution: Literal["normal", "rectangular", "triangular", "arcsine"] = "normal"
    standard_uncertainty: str | None = None
    half_width: str | None = None
    degrees_of_freedom: str | None = None


class TakenDeclared(Declared, frozen=True, kw_only=True):
    """What an input of an evaluation takes from a certificate: which quantity, at which point, and what of it."""

    certificate: str
    quantity: str
    indicated: str
    takes: Literal["reference", "correction", "error"]


class ResultDeclared(Declared, frozen=True, kw_only=True):
    """The earlier evaluation that an input is a result of."""

    evaluation: str
    output: str


class EvaluationDeclared(Declared, frozen=True, kw_only=True):
    """A model file whose uncertainty is evaluated; `certificates` and `results` say by input what it rests on."""

    uri: str
    file: str
    evaluated_by: str
    name: Names | None = None
    subject: str | None = None
    certificates: dict[str, TakenDeclared] = {}
    results: dict[str, ResultDeclared] = {}
    second_order: bool = False
    illustrative: bool | None = None


class ProcedureDeclared(Declared, frozen=True, kw_only=True):
    """How a quantity is measured: the measurement model, and the inputs whose calibration enters it.

    `model` is the name of a model of the catalogue, which takes the quantities in `inputs`; or, where there is an `=` in it, the
    text of a model, and then `reading`, `certified` and `stated` say where its inputs come from.
    """

    uri: str
    edition: str
    name: Names
    issued_by: str
    quantity: str
    unit: str
    model: str
    inputs: tuple[str, ...] = ()
    source: Names | None = None
    reading: str | None = None
    reference: str | None = None
    certified: dict[str, CertifiedDeclared] = {}
    stated: dict[str, StatedDeclared] = {}
    points: Literal["common", "independent"] | None = None
    coverage_factor: str | None = None
    coverage_probability: str | None = None

    @property
    def modelled(self) -> bool:
        """Whether its model is a text."""
        return "=" in self.model
