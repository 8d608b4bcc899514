"""Registering risk models, and which of them is in force: the first, then whichever won its comparison."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, ClassVar, Final

from openqi.evidence.record import Record, Statement, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.risk.schemes import check_same, own_of, the_scheme
from openqi.pillars.surveillance.standing import content_of, own_records, standing
from openqi.records import Command, Content, Instant, Names, RecordId, Uri, body, statement
from openqi.records.draws import DrawMade, DrawShown
from openqi.records.governance import withdrawal
from openqi.records.risk import (
    AUTHORITY,
    MODEL_TYPE,
    Fact,
    FeatureStated,
    ModelRegistered,
    ModelsCompared,
    RiskSchemePublished,
    first_subject,
    models_subject,
)
from openqi.science.risk.model import Model, read_model

MOST_FEATURES: Final = 100
MOST_FACTS: Final = 30
"""Features and facts that a record names: it has an end; the document has them all."""


class RegisterModel(Command, frozen=True):
    """Register a risk model under a scheme: the first is in force at once, every other has to win a comparison.

    `learned_from` are the draws whose visits taught it, and `trained_until` is the last instant of which it knows.
    """

    NAME: ClassVar[str] = "surveillance.register-model/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True

    under: RecordId
    model: Uri
    name: Names
    document: Content
    trained_until: Instant
    learned_from: tuple[RecordId, ...] = ()
    first: bool = False
    illustrative: bool = False


def register_model(view: View, command: RegisterModel, issuer: str) -> tuple[Statement, ...]:
    """Return the registration.

    Raises:
        NotFoundError: the scheme, the document or a draw is not at hand.
        FormatError: the document is no risk model; the message says where.
        RefusedError: a model is in force and this is to be the first, or none is and it is not; it learned from what is to come;
            or whoever asks does not act under the scheme.
    """
    scheme_record, scheme = the_scheme(view, command.under, issuer)
    if command.trained_until > command.now:
        raise RefusedError("trained-until", f"the model was trained until {command.trained_until}, which is to come")
    found = document_of(view, command.document)
    if len(found.features) > MOST_FEATURES:
        raise RefusedError(
            "features-fit", f"the model has {len(found.features)} features, and at most {MOST_FEATURES} fit a record"
        )
    for name in command.learned_from:
        standing(view, name, DrawShown if view.record(name).kind == DrawShown.KIND else DrawMade)
    if command.first:
        _check_first(view, scheme_record, scheme)
    registered = ModelRegistered(
        risk_scheme=scheme.risk_scheme, under=scheme_record.id, model=command.model, name=command.name, document=command.document,
        features=tuple(
            FeatureStated(
                feature=one.name, kind=one.kind, monotone=one.monotone, categories=len(one.categories), name=_names(one.names)
            )
            for one in found.features
        ),
        trees=len(found.trees), leaves=len([leaf for tree in found.trees for leaf in tree.value[len(tree.feature) :]]),
        learned_from=command.learned_from, trained_until=command.trained_until, trained=_facts(found.trained),
        first=command.first, illustrative=command.illustrative or scheme.illustrative,
    )  # fmt: skip
    return (statement(registered),)


def _check_first(view: View, scheme_record: Record, scheme: RiskSchemePublished) -> None:
    subject = first_subject(scheme.risk_scheme)
    for record in view.stream(subject):
        if record.kind == ModelRegistered.KIND and _own(view, subject, record, own_of(scheme_record, scheme), scheme_record.id):
            why = f"model {record.id} was the first under {scheme.risk_scheme}"
            raise RefusedError("model-in-force", f"{why}; a new one takes over by a comparison that it wins")


def document_of(view: View, document: Content) -> Model:
    """Return the model that a content holds; raises as `register_model` says."""
    return read_model(content_of(view, document, media_type=MODEL_TYPE, what="the model"))


def the_model(view: View, name: str, scheme_record: Record, scheme: RiskSchemePublished) -> tuple[Record, ModelRegistered]:
    """Return a registered model that stands and is of a scheme.

    Raises:
        NotFoundError, RefusedError: it is not there, does not stand, or is of another scheme.
    """
    record, model = standing(view, name, ModelRegistered)
    check_same(own_of(scheme_record, scheme), record, model.under, scheme_record)
    return record, model


def in_force(view: View, scheme_record: Record, scheme: RiskSchemePublished) -> tuple[Record, ModelRegistered] | None:
    """Return the model in force under a scheme at the size that the view knows, None where there is none.

    The first is the earliest registration as such that stands; each comparison that was won against the model then in force puts
    its challenger there, unless that was withdrawn. What strangers registered or compared under the same name does not count.
    """
    own = own_of(scheme_record, scheme)
    subject = models_subject(scheme.risk_scheme)
    current: tuple[Record, ModelRegistered] | None = None
    for record in view.stream(subject):
        if record.kind == ModelRegistered.KIND and current is None:
            current = _own(view, subject, record, own, scheme_record.id)
        elif record.kind == ModelsCompared.KIND and current is not None:
            stands = {one.id: found for one, found, holds in own_records(view, subject, ModelsCompared, own) if holds}
            won = stands.get(record.id)
            if won is not None and won.under == scheme_record.id and won.champion == current[0].id:
                current = _challenger(view, won, scheme_record, scheme) or current
    return current


def _challenger(
    view: View, won: ModelsCompared, scheme_record: Record, scheme: RiskSchemePublished
) -> tuple[Record, ModelRegistered] | None:
    """The model that won, None where it was withdrawn since: then the one before is in force."""
    record = view.record(won.challenger)
    if withdrawal(record, view.stream(record_subject(record.id)), view.home) is not None:
        return None
    return the_model(view, won.challenger, scheme_record, scheme)


def _own(view: View, subject: str, record: Record, own: tuple[str, ...], published: str) -> tuple[Record, ModelRegistered] | None:
    """A first registration, where it counts."""
    if view.home(record.id) != view.origin or record.basis is None or record.issuer not in own:
        return None
    if withdrawal(record, view.stream(subject), view.home) is not None:
        return None
    found = body(record, ModelRegistered)
    return (record, found) if found.under == published and found.first else None


def _names(names: Mapping[str, str]) -> Names | None:
    zh, en = names.get("zh", ""), names.get("en", "")
    return Names(zh=zh, en=en) if zh or en else None


def _facts(trained: Mapping[str, Any]) -> tuple[Fact, ...]:
    """What the document says of its training, a line each; what is long stands there under its SHA-256."""
    found = []
    for name, value in [*trained.items()][:MOST_FACTS]:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if len(text) > 200:
            text = f"sha256:{sha256(text.encode()).hexdigest()}"
        if name and text:
            found.append(Fact(name=name[:200], value=text))
    return tuple(found)
