"""What `openqi.yaml` can declare, in the field's terms: one definition of its members, for reading and for the docs."""

from typing import Literal

from openqi.app.workspace import complaining, drawing, inspecting, licensing, pledging, recalling, standardising
from openqi.app.workspace.certifying import AccreditationDeclared, CertificationDeclared, EventsDeclared
from openqi.app.workspace.controlling import (
    AssessmentDeclared,
    BaselineDeclared,
    CapabilityDeclared,
    ControlChartDeclared,
    ControlPlanDeclared,
    ProcessReadingsDeclared,
)
from openqi.app.workspace.declaring import Declared
from openqi.app.workspace.measuring import EvaluationDeclared, ProcedureDeclared
from openqi.records import Names


class LedgerDeclared(Declared, frozen=True, kw_only=True):
    """The log that evidence comes into: its origin, and the party that operates it."""

    origin: str
    operator: str


class PartyDeclared(Declared, frozen=True, kw_only=True):
    """A party with its roles; `key` names its own key file, else one is kept for it in the workspace."""

    uri: str
    name: Names
    roles: tuple[str, ...] = ()
    identifiers: dict[str, str] = {}
    since: str = "2000-01-01"
    key: str | None = None


class ProductDeclared(Declared, frozen=True, kw_only=True):
    """A product and who makes it."""

    uri: str
    name: Names
    maker: str


class IndicatesDeclared(Declared, frozen=True, kw_only=True):
    """A quantity that an instrument indicates, its last step, and what may change between calibrations (standard uncertainties)."""

    unit: str
    resolution: str
    relative_stability: str = "0"
    absolute_stability: str = "0"


class InstrumentDeclared(Declared, frozen=True, kw_only=True):
    """An instrument with the quantities that it indicates. The calibration interval is its owner's choice."""

    uri: str
    name: Names
    owner: str
    serial: str
    calibration_interval_days: int
    indicates: dict[str, IndicatesDeclared]
    illustrative: bool | None = None


class CertificateDeclared(Declared, frozen=True, kw_only=True):
    """A certificate of an instrument: a DCC as file, or a PDF or scan as file and its transcription as a table.

    `quantities` leads from our name of a quantity to the name that it has in the certificate. With `form` 2 the record says what
    stands around the results too. Whoever is named in `examined_by` states what the checks of a DCC came to, under `roots`,
    and `tsa_roots` for time-stamps.
    """

    uri: str
    kind: Literal["calibration", "verification"]
    file: str
    instrument: str
    quantities: dict[str, str]
    issued_by: str | None = None
    issued_by_name: Names | None = None
    transcription: str | None = None
    transcribed_by: str | None = None
    checked_by: str | None = None
    replaces: str | None = None
    standards: tuple[str, ...] = ()
    realises: str | None = None
    form: Literal["1", "2"] = "1"
    examined_by: str | None = None
    roots: tuple[str, ...] = ()
    tsa_roots: tuple[str, ...] = ()
    illustrative: bool | None = None


class ClauseDeclared(Declared, frozen=True, kw_only=True):
    """One requirement: limits, decision rule and comparison are always said, none has a default."""

    uri: str
    clause: str
    name: Names
    quantity: str
    procedure: str
    condition: str
    unit: str
    rule: str
    comparison: Literal["full-value", "rounded-value"]
    lower: str | None = None
    upper: str | None = None
    guard_factor: str | None = None
    rounding_interval: str | None = None
    parameters: dict[str, str] = {}
    prior: dict[str, str] = {}


class RequirementsDeclared(Declared, frozen=True, kw_only=True):
    """A set of requirements: one edition of one document."""

    source: Names
    edition: str
    issued_by: str
    valid_from: str
    clauses: dict[str, ClauseDeclared]
    valid_until: str | None = None
    illustrative: bool | None = None


class TableDeclared(Declared, frozen=True, kw_only=True):
    """A file with a table in it, CSV, XLSX or Parquet; `item` is a URI with columns in braces."""

    file: str
    item: str
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    sheet: str | None = None


class ReadingsDeclared(TableDeclared, frozen=True, kw_only=True):
    """Readings in a table: which rows, which item, which column holds the value, and under which conditions it was read."""

    subject: str
    value: str
    unit: str
    quantity: str
    procedure: str
    condition: str
    instrument: str
    measured_from: str
    measured_until: str
    reported_by: str
    where: dict[str, str] = {}
    reference: dict[str, str] = {}
    settings: dict[str, str] = {}
    decimals: int | None = None
    simulated: str | None = None
    remark: Names | None = None


class JudgementDeclared(Declared, frozen=True, kw_only=True):
    """Readings held against a requirement."""

    readings: str
    requirement: str
    judged_by: str


class LotDeclared(TableDeclared, frozen=True, kw_only=True):
    """A lot of a product with its items."""

    uri: str
    name: Names
    product: str
    formed_at: str
    made_by: str
    simulated: str | None = None


class PlanDeclared(Declared, frozen=True, kw_only=True):
    """A single sampling plan."""

    uri: str
    sample_size: int
    acceptance_number: int
    rejection_number: int
    source: Names
    published_by: str


class DecisionDeclared(Declared, frozen=True, kw_only=True):
    """A decision on a lot: which verdicts, which plan, which published seed."""

    lot: str
    judgement: str
    plan: str
    seed: str
    decided_by: str


class MarksDeclared(TableDeclared, frozen=True, kw_only=True):
    """Marks under a certificate, one for each item of a table."""

    certificate: str
    gtin: str
    issued_by: str


class WorkspaceDeclared(Declared, frozen=True, kw_only=True):
    """A whole `openqi.yaml`."""

    openqi: Literal["1"]
    name: Names
    ledger: LedgerDeclared
    base: str
    parties: dict[str, PartyDeclared]
    illustrative: bool = False
    products: dict[str, ProductDeclared] = {}
    instruments: dict[str, InstrumentDeclared] = {}
    certificates: dict[str, CertificateDeclared] = {}
    procedures: dict[str, ProcedureDeclared] = {}
    evaluations: dict[str, EvaluationDeclared] = {}
    requirements: dict[str, RequirementsDeclared] = {}
    readings: dict[str, ReadingsDeclared] = {}
    judgements: dict[str, JudgementDeclared] = {}
    lots: dict[str, LotDeclared] = {}
    plans: dict[str, PlanDeclared] = {}
    decisions: dict[str, DecisionDeclared] = {}
    accreditations: dict[str, AccreditationDeclared] = {}
    certifications: dict[str, CertificationDeclared] = {}
    events: dict[str, EventsDeclared] = {}
    marks: dict[str, MarksDeclared] = {}
    control_plans: dict[str, ControlPlanDeclared] = {}
    process_readings: dict[str, ProcessReadingsDeclared] = {}
    baselines: dict[str, BaselineDeclared] = {}
    control_charts: dict[str, ControlChartDeclared] = {}
    assessments: dict[str, AssessmentDeclared] = {}
    capabilities: dict[str, CapabilityDeclared] = {}
    calendars: dict[str, inspecting.CalendarDeclared] = {}
    limits: dict[str, inspecting.LimitDeclared] = {}
    item_lists: dict[str, drawing.ItemListDeclared] = {}
    frames: dict[str, drawing.FrameDeclared] = {}
    officers: dict[str, drawing.OfficersDeclared] = {}
    draws: dict[str, drawing.DrawDeclared] = {}
    cancelled_draws: dict[str, drawing.CancelledDrawDeclared] = {}
    randomness: dict[str, drawing.RandomnessDeclared] = {}
    made_draws: dict[str, drawing.MadeDrawDeclared] = {}
    assignments: dict[str, inspecting.AssignmentDeclared] = {}
    assignment_changes: dict[str, inspecting.AssignmentChangeDeclared] = {}
    visit_results: dict[str, inspecting.VisitResultsDeclared] = {}
    shown_draws: dict[str, drawing.ShownDrawDeclared] = {}
    publications: dict[str, inspecting.PublicationDeclared] = {}
    follow_ups: dict[str, inspecting.FollowUpDeclared] = {}
    rates: dict[str, inspecting.RateDeclared] = {}
    own_standards: dict[str, standardising.OwnStandardDeclared] = {}
    own_standard_checks: dict[str, standardising.OwnStandardCheckDeclared] = {}
    complaints: dict[str, complaining.ComplaintDeclared] = {}
    complaint_decisions: dict[str, complaining.ComplaintDecisionDeclared] = {}
    complaint_tests: dict[str, complaining.ComplaintTestDeclared] = {}
    complaint_answers: dict[str, complaining.ComplaintAnswerDeclared] = {}
    ended_complaint_tests: dict[str, complaining.EndedComplaintTestDeclared] = {}
    closed_complaints: dict[str, complaining.ClosedComplaintDeclared] = {}
    upheld_complaints: dict[str, complaining.UpheldComplaintDeclared] = {}
    disputes: dict[str, complaining.DisputeDeclared] = {}
    accepted_disputes: dict[str, complaining.AcceptedDisputeDeclared] = {}
    settled_disputes: dict[str, complaining.SettledDisputeDeclared] = {}
    pledges: dict[str, pledging.PledgeDeclared] = {}
    pledge_signatures: dict[str, pledging.PledgeSignatureDeclared] = {}
    shown_obligations: dict[str, pledging.ShownObligationDeclared] = {}
    pledge_proofs: dict[str, pledging.PledgeProofDeclared] = {}
    ended_pledges: dict[str, pledging.EndedPledgeDeclared] = {}
    benchmark_programmes: dict[str, pledging.BenchmarkProgrammeDeclared] = {}
    benchmark_reviews: dict[str, pledging.BenchmarkReviewDeclared] = {}
    recalls: dict[str, recalling.RecallDeclared] = {}
    recall_progress: dict[str, recalling.RecallProgressDeclared] = {}
    ended_recalls: dict[str, recalling.EndedRecallDeclared] = {}
    mark_rules: dict[str, licensing.MarkRuleDeclared] = {}
    mark_licences: dict[str, licensing.MarkLicenceDeclared] = {}
    licensed_marks: dict[str, licensing.LicensedMarksDeclared] = {}
    mark_states: dict[str, licensing.MarkStateDeclared] = {}
