"""Mistakes that people make in a workspace, each with where it must be told; and the workspace that they are made in."""

from dataclasses import dataclass
from pathlib import Path

from openqi.app.workspace.start import start

YAML, READINGS, PAPER, LOT = "openqi.yaml", "readings/shafts.csv", "certificates/caliper.csv", "lot/shafts.csv"
# The template goes as far as a verdict; from here on to marks.
MORE = """
products:
  shaft: {uri: https://company.example.org/product/shaft, name: {en: Shaft}, maker: company}
lots:
  lot-11:
    uri: https://company.example.org/lot/2026-11
    name: {en: Lot 11}
    product: shaft
    formed_at: 2026-11-01
    made_by: company
    file: lot/shafts.csv
    item: https://company.example.org/shaft/{shaft}
plans:
  three:
    uri: https://company.example.org/plan/three
    sample_size: 3
    acceptance_number: 0
    rejection_number: 1
    source: {en: Our plan}
    published_by: quality
decisions:
  lot-11: {lot: lot-11, judgement: shafts, plan: three, seed: "17", decided_by: quality}
accreditations:
  scope-1:
    uri: https://company.example.org/scope/1
    number: S-1
    body: quality
    activity: {en: Shafts}
    requirements: [shaft-diameter]
    products: [shaft]
    valid_from: 2020-01-01
    granted_by: company
certifications:
  shaft-2026:
    uri: https://company.example.org/certificate/1
    number: C-1
    holder: company
    product: shaft
    scope: scope-1
    type_tests: [shafts]
    lots: [lot-11]
    issued_by: quality
events:
  moved: {file: events/moved.jsonld, lots: [lot-11], captured_by: company}
marks:
  shafts:
    certificate: shaft-2026
    gtin: "09521234543213"
    file: lot/shafts.csv
    item: https://company.example.org/shaft/{shaft}
    issued_by: company
"""
ROLES, MORE_ROLES = "roles: [standards-body, manufacturer", "accreditation-body, mark-issuer, traceability-party"
EVENT = """{
 "type": "EPCISDocument",
 "schemaVersion": "2.0",
 "epcisBody": {"eventList": [
  {"type": "ObjectEvent", "eventTime": "2026-11-05T00:00:00Z", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE",
   "epcList": ["https://company.example.org/shaft/S-01"], "bizLocation": {"id": "https://company.example.org/store"}}
 ]}
}
"""


def put(folder: Path) -> Path:
    """Return a workspace that reaches from a certificate on paper to marks."""
    start(folder)
    text = (
        (folder / YAML).read_text(encoding="utf-8").replace(ROLES, f"{ROLES}, accreditation-body, mark-issuer, traceability-party")
    )
    (folder / YAML).write_text(text + MORE, encoding="utf-8")
    readings = folder / READINGS
    readings.write_text(readings.read_text(encoding="utf-8").replace("20.09", "20.03"), encoding="utf-8")
    for file, content in {LOT: "shaft\nS-01\nS-02\nS-03\nS-04\nS-05\n", "events/moved.jsonld": EVENT}.items():
        (folder / file).parent.mkdir()
        (folder / file).write_text(content, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Bad:
    """One mistake: text of a file that is changed, words of the message, and the text in whose line (of `where`) it must be told.

    Where it is told in the middle of a text, ▶ stands before that place. The line of the entry that a member belongs to will do.
    """

    file: str
    old: str
    new: str
    words: str
    at: str
    where: str
    every: bool

    def change(self, folder: Path) -> tuple[str, str]:
        """Make the mistake in a workspace and return where it may be told: `openqi.yaml:12: `, and the place of its entry."""
        text = (folder / self.file).read_text(encoding="utf-8")
        assert self.old in text
        (folder / self.file).write_text(text.replace(self.old, self.new, -1 if self.every else 1), encoding="utf-8")
        if self.where.endswith(".pdf"):
            return f"{self.where}:1: ", f"{self.where}:1: "
        text, wanted = (folder / self.where).read_text(encoding="utf-8"), self.at.replace("▶", "")
        assert wanted in text
        line = text.count("\n", 0, text.index(wanted) + max(0, self.at.find("▶"))) + 1
        return f"{self.where}:{line}: ", f"{self.where}:{entry_of(text.split(chr(10)), line)}: "


def entry_of(lines: list[str], line: int) -> int:
    """Return the line of the entry that a line belongs to, itself where it belongs to none."""
    indents = [len(one) - len(one.lstrip()) if one.strip() and not one.lstrip().startswith("#") else 1_000 for one in lines]
    return next((above for above in range(line - 1, 0, -1) if indents[above - 1] < indents[line - 1]), line)


def bad(file: str, old: str, new: str, words: str, *, at: str = "", where: str = "", every: bool = False) -> Bad:
    """Return a mistake; it is told in the first line of the new text of the same file, unless `at` and `where` say otherwise."""
    return Bad(file=file, old=old, new=new, words=words, at=at or new.split("\n", maxsplit=1)[0], where=where or file, every=every)


SPAN = "measured_from: 2026-11-02\n    measured_until: 2026-11-02"
EDITION = "    valid_from: 2026-01-01\n    clauses"
VALUE = "    value: diameter_mm\n    unit: mm"
LIMITS = '        lower: "19.90"\n        upper: "20.10"\n'
JUDGED = "  shafts: {readings: shafts, requirement: shaft-diameter, judged_by: quality}"
USED = "    instrument: caliper\n    measured_from"
WHO = "    issued_by_name: {zh: 示例校准实验室, en: Example calibration laboratory}\n"

CASES = {
    # tables
    "a missing column": bad(
        YAML, "value: diameter_mm", "value: diameter", "did you mean 'diameter_mm'?", where=READINGS, at="shaft,d"
    ),
    "a missing column for the item": bad(YAML, "{shaft}     #", "{axle}     #", "no column 'axle'", at="item: https://company"),
    "a missing column to choose by": bad(
        YAML,
        "    value: diameter_mm",
        '    where: {line: "1"}\n    value: diameter_mm',
        "no column 'line'",
        where=READINGS,
        at="shaft,d",
    ),
    "no row that is chosen": bad(
        YAML, "    value: diameter_mm", "    where: {shaft: S-09}\n    value: diameter_mm", "no row with shaft = S-09"
    ),
    "a table without rows": bad(
        READINGS,
        "shaft,diameter_mm\nS-01,19.98\nS-02,20.01\nS-03,20.04\nS-04,19.95\nS-05,20.03\n",
        "shaft,diameter_mm\n",
        "has no rows",
        where=YAML,
        at="  shafts:\n    file",
    ),
    "a row with a cell too few": bad(READINGS, "S-03,20.04", "S-03", "1 cells; the header names 2 columns"),
    "an empty line between rows": bad(READINGS, "S-03,20.04\n", "\nS-03,20.04\n", "an empty line", at="▶\nS-03,"),
    "a reading that is no number": bad(READINGS, "S-03,20.04", "S-03,NaN", "holds no number: decimal 'NaN'"),
    "an infinite reading": bad(READINGS, "S-03,20.04", "S-03,inf", "holds no number: decimal 'inf'"),
    "a reading with an exponent": bad(READINGS, "S-03,20.04", "S-03,2.0E1", "holds no number"),
    "a reading with its unit": bad(READINGS, "S-03,20.04", "S-03,20.04 mm", "holds no number"),
    "a reading with a decimal comma": bad(READINGS, "S-03,20.04", 'S-03,"20,04"', "holds no number: decimal '20,04'"),
    "an empty reading": bad(READINGS, "S-03,20.04", "S-03,", "a missing reading is not zero"),
    "an item without a name": bad(READINGS, "S-03,20.04", ",20.04", "column 'shaft' is empty"),
    "an item twice": bad(READINGS, "S-03,20.04", "S-02,20.04", "stands here a second time"),
    "an item that makes no URI": bad(READINGS, "S-03,20.04", "S 03,20.04", "URI 'https://company.example.org/shaft/S 03'"),
    "an item of a lot twice": bad(LOT, "S-05", "S-01", "stands here a second time", at="S-04\n▶S-01"),
    "a file that is no table": bad(
        YAML, "file: readings/shafts.csv", "file: certificates/caliper.pdf", "not a table", where="certificates/caliper.pdf", at=""
    ),
    "an encoding that is not known": bad(
        YAML, "    value: diameter_mm", "    encoding: latin-1\n    value: diameter_mm", "latin-1"
    ),
    # units
    "a wrong unit": bad(YAML, VALUE, VALUE.replace(": mm", ": mmm"), "no unit is written 'mmm'", at="    unit: mmm"),
    "a unit that does not fit the quantity": bad(YAML, VALUE, VALUE.replace(": mm", ": kg"), "'kg'", at="    unit: kg"),
    "another unit than the certificate's": bad(
        YAML, VALUE, VALUE.replace(": mm", ": cm"), "state the readings in mm", where=READINGS, at="S-01,"
    ),
    "a wrong unit of an instrument": bad(YAML, "{unit: mm, resolution", "{unit: millimetre, resolution", "'millimetre'"),
    "a unit of an instrument that does not fit": bad(
        YAML, "{unit: mm, resolution", "{unit: kg, resolution", "'kg'", at="unit: mm\n    quantity"
    ),
    "a wrong unit of a requirement": bad(YAML, '"20.10"\n        unit: mm', '"20.10"\n        unit: mmm', "'mmm'", at="unit: mmm"),
    "a unit of a requirement that does not fit": bad(
        YAML, '"20.10"\n        unit: mm', '"20.10"\n        unit: kg', "'kg'", at="unit: kg"
    ),
    "a wrong unit of a procedure": bad(YAML, "unit: mm\n    model", "unit: mmm\n    model", "'mmm'"),
    "a unit of a procedure that does not fit": bad(
        YAML, "unit: mm\n    model", "unit: kg\n    model", "'kg'", at="unit: mm\n        rule"
    ),
    "a wrong unit in a transcription": bad(
        PAPER, "length,mm,0.00", "length,mmm,0.00", "'mmm'", at="K-2026-311,12,2026-03-10,length,mmm"
    ),
    "a setting without its unit": bad(
        YAML,
        USED,
        USED.replace("cal", 'caliper\n    settings: {temperature: "20"}\n    #', 1),
        "'20' is no value with its unit",
        at="    settings:",
    ),
    # requirements
    "limits out of order": bad(YAML, 'lower: "19.90"', 'lower: "20.90"', "lower 20.90 is not below upper 20.10"),
    "limits that are one": bad(YAML, 'lower: "19.90"', 'lower: "20.10"', "lower 20.10 is not below upper 20.10"),
    "no limit": bad(YAML, LIMITS, "", "a lower limit, an upper limit or both", at="      shaft-diameter:"),
    "a limit that is no number": bad(YAML, 'lower: "19.90"', "lower: about 20", "decimal 'about 20'"),
    "no decision rule": bad(YAML, "        rule: guarded-acceptance/1\n", "", "'rule' is missing", at="      shaft-diameter:"),
    "a decision rule that is not known": bad(YAML, "rule: guarded-acceptance/1", "rule: guarded", "known are guarded-acceptance/1"),
    "a guard factor too few": bad(YAML, "rule: guarded-acceptance/1", "rule: scaled-guard/1", "needs a guard_factor"),
    "a guard factor too many": bad(
        YAML,
        "rule: guarded-acceptance/1",
        'rule: guarded-acceptance/1\n        guard_factor: "0.5"',
        "has no guard_factor",
        at='        guard_factor: "0.5"\n        comparison',
    ),
    "no comparison": bad(YAML, "        comparison: full-value\n", "", "'comparison' is missing", at="      shaft-diameter:"),
    "a comparison that is not known": bad(
        YAML, "comparison: full-value", "comparison: full", "'full'", at="        comparison: full\n"
    ),
    "rounding without an interval": bad(
        YAML,
        "comparison: full-value",
        "comparison: rounded-value",
        "needs a rounding_interval",
        at="        comparison: rounded-value\n",
    ),
    "rounding inside of a guard band": bad(
        YAML,
        "comparison: full-value",
        'comparison: rounded-value\n        rounding_interval: "0.1"',
        "part of the guard band",
        at="        comparison: rounded-value\n",
    ),
    "an edition that had expired": bad(
        YAML, EDITION, EDITION.replace("\n", "\n    valid_until: 2026-06-30\n"), "valid from 2026-01-01", at=f"    {SPAN}"
    ),
    "an edition that was not valid yet": bad(
        YAML, EDITION, EDITION.replace("2026", "2027"), "valid from 2027-01-01T00:00:00Z", at=f"    {SPAN}"
    ),
    "another condition": bad(
        YAML, "condition: 20 degC\n    instrument", "condition: 23 degC\n    instrument", "asks for '20 degC'", at=JUDGED
    ),
    "another quantity": bad(
        YAML,
        "quantity: diameter\n    procedure: diameter",
        "quantity: length\n    procedure: diameter",
        "does not indicate 'length'",
        at="quantity: length\n    procedure",
    ),
    # instruments and certificates
    "an instrument that is not known": bad(YAML, USED, USED.replace("caliper", "calliper"), "did you mean 'caliper'?"),
    "an instrument that a certificate does not find": bad(
        YAML, "instrument: caliper\n    issued_by", "instrument: micrometer\n    issued_by", "known are caliper"
    ),
    "a reading after the calibration interval": bad(
        YAML, SPAN, SPAN.replace("2026", "2027"), "served until 2027-03-10T00:00:00Z", at="measured_from: 2027"
    ),
    "a reading before the first calibration": bad(
        YAML, SPAN, SPAN.replace("-11-", "-02-"), "was in force", at="measured_from: 2026-02"
    ),
    "an interval that was too short": bad(
        YAML, "interval_days: 365", "interval_days: 30", "served until 2026-04-09T00:00:00Z", at=f"    {SPAN}"
    ),
    "an interval of no day": bad(YAML, "calibration_interval_days: 365", "calibration_interval_days: 0", "1 to 36,500 days"),
    "a reading outside of the calibrated range": bad(
        READINGS, "S-03,20.04", "S-03,60.04", "outside of what was calibrated, 0 to 50"
    ),
    "a quantity that the certificate does not know": bad(
        YAML, "{diameter: length}", "{diameter: width}", "it has length", at="    quantities: {diameter: width}"
    ),
    "another serial number in the certificate": bad(
        PAPER,
        "K-2026-311,12,2026-03-10,length,mm,0",
        "K-2026-311,13,2026-03-10,length,mm,0",
        "beside",
        at="K-2026-311,12,2026-03-10",
    ),
    "another serial number of the instrument": bad(
        YAML, 'serial: "12"', 'serial: "13"', "of serial number 12, the instrument is 13", where=PAPER, at="certificate,"
    ),
    "a transcription checked by its transcriber": bad(
        YAML, "checked_by: quality", "checked_by: laboratory", "somebody else checks"
    ),
    "a transcription that nobody checked": bad(YAML, "    checked_by: quality\n", "", "`checked_by`", at="  caliper-2026:"),
    "a transcription of nobody's paper": bad(YAML, WHO, "", "`issued_by_name`", at="  caliper-2026:"),
    "a transcription by nobody": bad(
        YAML, "    transcribed_by: laboratory\n", "", "'transcribed_by' is missing", at="  caliper-2026:"
    ),
    "another kind than the transcription's": bad(
        YAML, "kind: calibration\n    file", "kind: verification\n    file", "not the transcription of a verification"
    ),
    "a paper of no known kind": bad(YAML, "kind: calibration\n    file", "kind: test\n    file", "'test'"),
    "a transcription without a column": bad(
        PAPER, ",coverage_factor", ",k", "a calibration certificate, serial", at="certificate,serial"
    ),
    "a transcription without an uncertainty": bad(
        PAPER, "10.003,0.012", "10.003,0", "an expanded uncertainty is > 0", at="K-2026-311,12,2026-03-10,length,mm,10.00"
    ),
    "a transcription with an empty cell": bad(
        PAPER, "10.003,", ",", "reference is empty", at="K-2026-311,12,2026-03-10,length,mm,10.00"
    ),
    "a transcription with another form of date": bad(PAPER, "2026-03-10", "10.3.2026", "write for example 2026-01-20", every=True),
    "points out of order": bad(PAPER, "25.00,25.005", "5.00,5.005", "rising order", at="K-2026-311,12,2026-03-10,length,mm,5.00"),
    # procedures
    "a measurement model that is not known": bad(YAML, "model: shifted/1", "model: shifted", "known are ratio/1"),
    "a model that compares where nothing is compared": bad(YAML, "model: shifted/1", "model: ratio/1", "ratio/1"),
    "inputs that nobody states": bad(
        YAML, "inputs: [diameter]", "inputs: [temperature]", "takes the input diameter alone", at=JUDGED
    ),
    "a procedure without a calibrated input": bad(YAML, "inputs: [diameter]", "inputs: []", "input"),
    "a setting that the procedure does not have": bad(
        YAML, USED, USED.replace("\n", "\n    settings: {temperature: 20 Cel}\n"), "the readings state temperature", at=JUDGED
    ),
    # who may
    "a laboratory that is none": bad(
        YAML, "roles: [testing-laboratory]", "roles: [mark-issuer]", "role testing-laboratory", at="  caliper:"
    ),
    "a role that is not known": bad(
        YAML, "roles: [testing-laboratory]", "roles: [testing-lab]", "did you mean 'testing-laboratory'?"
    ),
    "a laboratory that is none yet": bad(
        YAML,
        "roles: [testing-laboratory]",
        "roles: [testing-laboratory]\n    since: 2999-01-01",
        "role testing-laboratory",
        at="  caliper:",
    ),
    "a verdict by who may not judge": bad(
        YAML, "judged_by: quality", "judged_by: laboratory", "role conformity-assessment-body", at="  shafts: {readings"
    ),
    "a requirement by who may not publish": bad(
        YAML,
        "edition: B\n    issued_by: company",
        "edition: B\n    issued_by: laboratory",
        "role standards-body",
        at="      shaft-diameter:",
    ),
    "a scope that does not cover the product": bad(
        YAML, "products: [shaft]", "products: []", "does not cover the product", at="  shaft-2026:"
    ),
    "a scope that does not cover the requirement": bad(
        YAML, "requirements: [shaft-diameter]", "requirements: []", "does not cover the requirement", at="  shaft-2026:"
    ),
    "a scope that has ended": bad(
        YAML,
        "valid_from: 2020-01-01\n",
        "valid_from: 2020-01-01\n    valid_until: 2021-01-01\n",
        "to 2021-01-02T00:00:00Z",
        at="  shaft-2026:",
    ),
    "a scope of somebody else": bad(YAML, "body: quality", "body: laboratory", "was granted to", at="  shaft-2026:"),
    "a type test that failed": bad(READINGS, "S-03,20.04", "S-03,20.14", "1 of 5 items", where=YAML, at="  shaft-2026:"),
    # lots, plans and marks
    "a lot smaller than its sample": bad(
        YAML, "sample_size: 3", "sample_size: 30", "30 of 5 items cannot be drawn", at="  lot-11: {lot"
    ),
    "a plan that accepts what it rejects": bad(
        YAML, "acceptance_number: 0", "acceptance_number: 1", "acceptance number <", at="  three:"
    ),
    "a plan with a word for a number": bad(YAML, "sample_size: 3", "sample_size: three", "expected `int`"),
    "verdicts on another lot": bad(
        YAML,
        "subject: https://company.example.org/lot/2026-11",
        "subject: https://company.example.org/lot/2026-12",
        "the verdicts are on",
        at="  lot-11: {lot",
    ),
    "a GTIN with a wrong check digit": bad(
        YAML, "09521234543213", "09521234543214", "the check digit is 4, not 3", at='gtin: "09521234543214"'
    ),
    "a base without https": bad(YAML, "base: https://mark", "base: http://mark", "write https://", at="base: http:"),
    "events that are no JSON": bad("events/moved.jsonld", '"schemaVersion"', "schemaVersion", "not JSON"),
    "an event of no known type": bad("events/moved.jsonld", "ObjectEvent", "QuantityEvent", "event 1", where=YAML, at="  moved:"),
    # files
    "a file outside of the workspace": bad(
        YAML, "file: readings/shafts.csv", "file: ../shafts.csv", "lies outside of the workspace"
    ),
    "a file with a whole path": bad(YAML, "file: readings/shafts.csv", "file: /etc/hostname", "lies outside of the workspace"),
    "a file that is not there": bad(YAML, "file: readings/shafts.csv", "file: readings/shaft.csv", "there is no file"),
    "a file that is a folder": bad(YAML, "file: readings/shafts.csv", "file: readings", "is a folder", at="file: readings\n"),
    "a certificate that is not there": bad(YAML, "file: certificates/caliper.pdf", "file: certificates/c.pdf", "there is no file"),
    "a key file that is not there": bad(
        YAML, "roles: [testing-laboratory]", "roles: [testing-laboratory]\n    key: lab.key", "there is no file", at="  laboratory:"
    ),
    # dates
    "a date of another form": bad(YAML, SPAN, SPAN.replace("2026-11-02", "2.11.2026", 1), "'2.11.2026' is no instant"),
    "a day that there is not": bad(YAML, SPAN, SPAN.replace("2026-11-02", "2026-02-30", 1), "'2026-02-30' is no instant"),
    "a time without its zone": bad(YAML, SPAN, SPAN.replace("2026-11-02", "2026-11-02T08:00:00", 1), "is no instant"),
    "an end before the beginning": bad(YAML, SPAN, SPAN[:-2] + "01", "which is before", at=f"    {SPAN[:-2]}"),
    # names
    "a member that is not known": bad(
        YAML, "interval_days: 365", "intervall_days: 365", "did you mean 'calibration_interval_days'?"
    ),
    "a member that is not known, further in": bad(
        YAML, "resolution: ", "resolutoin: ", "did you mean 'resolution'?", at="diameter: {unit"
    ),
    "a member of a clause that is not known": bad(
        YAML, "comparison: full-value", "comparision: full-value", "did you mean 'comparison'?", at="        comparision: full"
    ),
    "a section that is not known": bad(YAML, "\nreadings:\n", "\nreading:\n", "did you mean 'readings'?", at="reading:\n"),
    "a wrong name of readings": bad(YAML, "{readings: shafts", "{readings: shaft", "did you mean 'shafts'?"),
    "a wrong name of a clause": bad(
        YAML, "requirement: shaft-diameter", "requirement: shaft-diametre", "did you mean 'shaft-diameter'?"
    ),
    "a wrong name of a party": bad(YAML, "reported_by: laboratory", "reported_by: lab", "known are company, laboratory, quality"),
    "a wrong name of a procedure": bad(
        YAML, "        procedure: diameter", "        procedure: diametre", "did you mean 'diameter'?"
    ),
    "a wrong name of a scope": bad(YAML, "scope: scope-1", "scope: scope-2", "did you mean 'scope-1'?"),
    "a wrong name of a plan": bad(YAML, "plan: three", "plan: four", "known are three", at="  lot-11: {lot"),
    "a wrong name of a lot": bad(YAML, "{lot: lot-11", "{lot: lot-12", "did you mean 'lot-11'?"),
    "a wrong name of a product": bad(YAML, "    product: shaft\n    formed", "    product: axle\n    formed", "known are shaft"),
    "a wrong name of a certification": bad(
        YAML, "certificate: shaft-2026", "certificate: shaft-2025", "did you mean 'shaft-2026'?"
    ),
    "an operator that is not declared": bad(YAML, "operator: company", "operator: firm", "known are company"),
    "a name in no language": bad(YAML, "name: {en: Lot 11}", "name: {}", "in zh, in en or in both", at="    name: {}"),
    "a name that is a text": bad(YAML, "name: {en: Lot 11}", "name: Lot 11", "expected `object`"),
    "a party that is no URI": bad(
        YAML, "uri: https://company.example.org/laboratory", "uri: laboratory", "URI", at="    uri: laboratory"
    ),
    "two parties with one URI": bad(
        YAML,
        "uri: https://company.example.org/laboratory",
        "uri: https://company.example.org/quality",
        "is laboratory already",
        at="    uri: https://company.example.org/quality\n    name: {zh: 示例公司质量部",
    ),
    "a credit code with a wrong check character": bad(
        YAML, "# identifiers: {usci: 91350100M000100Y43}", "identifiers: {usci: 91350100M000100Y44}", "91350100M000100Y44"
    ),
    "an entry that is counted up twice": bad(
        YAML, JUDGED, '  "{x}": {for: {x: [a, a]}, readings: shafts, requirement: shaft-diameter, judged_by: quality}', "'a' twice"
    ),
    "an origin with a scheme": bad(YAML, "origin: log.example.org", "origin: https://log.example.org", "without scheme"),
    # YAML
    "a tab for an indent": bad(YAML, "    unit: mm\n    quantity", "\tunit: mm\n    quantity", "indent with spaces"),
    "a bracket that is not closed": bad(YAML, "judged_by: quality}", "judged_by: quality", "begun in line", at="products:"),
    "a member twice": bad(
        YAML, '    serial: "12"', '    serial: "12"\n    serial: "13"', "stands here twice", at='    serial: "13"'
    ),
    "a member without a value": bad(
        YAML, "reported_by: laboratory", "reported_by:", "nothing is written here", at="reported_by:\n"
    ),
    "an anchor": bad(YAML, "reported_by: laboratory", "reported_by: &a laboratory", "anchors"),
    "another version of the form": bad(YAML, "openqi: 1\n", "openqi: 2\n", "'2'"),
    "no version of the form": bad(YAML, "openqi: 1\n", "", "'openqi' is missing", at="name: {zh: 我的工作区"),
}


VERDICT = "it is told where a verdict rests on it, not where it stands"
NO_ERROR = "a body that is not in order raises ValueError, not an error of ours"
NOT_ASKED = "nobody asks"
BUILT_ALREADY = "what the log has already is not compared with what is declared now"
DEEP = "below a mapping of names, a member's line and what is near it get lost"
ON_THE_FIRST_BUILD = {"a laboratory that is none", "a laboratory that is none yet", "a lot smaller than its sample"}
"""Later nothing new is stated in the role, so that nothing is wrong; and a lot that was decided is not decided by another plan."""
