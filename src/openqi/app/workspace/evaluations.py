"""What the entries `evaluations` of a workspace become: model files that are evaluated, and sealed with their budgets."""

from openqi.app.model_files import asked
from openqi.app.workspace.builder import Builder
from openqi.app.workspace.measuring import EvaluationDeclared
from openqi.formats.document import MAX_BYTES
from openqi.formats.model_file import read_model_file
from openqi.formats.stated_model import StatedModel, stated_model
from openqi.kernel.errors import FormatError
from openqi.records.evaluations import Certified, OfResult


def evaluation(builder: Builder, slot: str, declared: EvaluationDeclared) -> None:
    """Evaluate a model file; the party that evaluated it signs."""
    workspace = builder.workspace
    certified = {
        name: Certified(
            certificate=builder.record(workspace.known(slot, "certificates", "certificates", one.certificate)),
            quantity=one.quantity,
            indicated=one.indicated,
            takes=one.takes,
        )
        for name, one in declared.certificates.items()
    }
    results = {
        name: OfResult(result=builder.record(workspace.known(slot, "results", "evaluations", one.evaluation)), output=one.output)
        for name, one in declared.results.items()
    }
    workspace.party(slot, declared.evaluated_by, "evaluated_by")
    data = workspace.file(slot, "file", declared.file)
    stated = _stated(builder, slot, declared, data, certified, results)
    command = asked(
        stated, evaluation=declared.uri, name=declared.name, subject=declared.subject, second_order=declared.second_order,
        illustrative=workspace.illustrative(declared.illustrative),
    )  # fmt: skip
    rests = [one.certificate for one in certified.values()] + [one.result for one in results.values()]
    builder.decide(slot, declared.evaluated_by, builder.digest(slot, data, *rests), command, subject=declared.uri)


def _stated(
    builder: Builder,
    slot: str,
    declared: EvaluationDeclared,
    data: bytes,
    certified: dict[str, Certified],
    results: dict[str, OfResult],
) -> StatedModel:
    if len(data) > MAX_BYTES:
        raise builder.workspace.at(slot, "file").error(f"{declared.file} has {len(data)} bytes; a model file has {MAX_BYTES}")
    stated = stated_model(data, name=declared.file)
    if not results:  # an earlier result has its uncertainty in its own record, and so none in the file
        read_model_file(data, name=declared.file)
    try:
        return stated.resting_on(certified, results)
    except FormatError as error:
        raise builder.workspace.at(slot, "file").error(f"{declared.file}: {error}") from error
