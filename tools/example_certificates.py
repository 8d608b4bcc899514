"""Writes the certificates of the storage battery example, always the same bytes: `python -m tools.example_certificates`.

All are invented: no such instrument was calibrated. The one on paper is printed by `tools.example_paper`.
"""

from dataclasses import dataclass, replace
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent.parent / "examples" / "storage-battery" / "certificates"
FIRST: Final = "CAL-2026-0117"
INVENTED: Final = {
    "zh": "本文件为软件示例而编写，机构、仪器、编号和数值均为虚构，未进行任何校准。",
    "en": "Written for a software example: body, instrument, numbers and values are invented, and no calibration took place.",
}
WRONG_SHUNT: Final = {
    "zh": f"本证书代替 {FIRST}：该证书计算电流时误用了分流器的参考值，时间结果不变。",
    "en": f"Replaces {FIRST}, for which the reference value of the shunt had been entered wrongly; the results for time stand.",
}


@dataclass(frozen=True, kw_only=True)
class Points:
    """The points of one quantity as text lists; error = indicated - reference."""

    ref_type: str
    name: dict[str, str]
    unit: str
    indicated: str
    reference: str
    error: str
    expanded: str


TIME: Final = Points(
    ref_type="example_time",
    name={"zh": "时间", "en": "time"},
    unit="\\second",
    indicated="60.0 3600.0 36000.0",
    reference="60.0000 3600.0000 36000.0000",
    error="0.0000 0.0000 0.0000",
    expanded="0.0010 0.0020 0.0100",
)
FIRST_CURRENT: Final = Points(
    ref_type="example_electricCurrent",
    name={"zh": "电流", "en": "electric current"},
    unit="\\ampere",
    indicated="0.5000 1.0000 2.0000 4.0000",
    reference="0.50000 1.00000 2.00000 4.00000",
    error="0.00000 0.00000 0.00000 0.00000",
    expanded="0.00040 0.00070 0.00120 0.00240",  # 0.08 %, 0.07 %, 0.06 % and 0.06 %
)
CORRECTED_CURRENT: Final = replace(
    FIRST_CURRENT,
    reference="0.49800 0.99600 1.99200 3.98400",  # 0.996 times what was indicated
    error="0.00200 0.00400 0.00800 0.01600",
)
VERIFICATION: Final = (
    ("certificate", "V-2026-088", ""),
    ("kind", "verification", ""),
    ("instrument", "Pt100 温度计 / Pt100 thermometer", ""),
    ("serial", "T-17", ""),
    ("laboratory", "示例计量检定所 / Example verification office", ""),
    ("verified_at", "2026-01-20", ""),
    ("valid_until", "2027-01-19", ""),
    ("class", "示例级 / example class (invented)", ""),
    ("quantity", "temperature", ""),
    ("lower", "0", "Cel"),
    ("upper", "100", "Cel"),
    ("maximum_permissible_error", "0.35", "Cel"),
    ("verdict", "pass", ""),
    ("document", "thermometer.pdf", ""),
    ("note", "示例，未进行任何检定 / illustrative: no verification took place", ""),
)


def element(tag: str, *content: str, **attributes: str) -> str:
    """Return an element: text alone stays on its line, elements stand below it, indented."""
    head = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    if len(content) == 1 and not content[0].startswith("<"):
        return f"<{tag}{head}>{escape(content[0], quote=False)}</{tag}>"
    inner = "\n".join(content).replace("\n", "\n  ")
    return f"<{tag}{head}>\n  {inner}\n</{tag}>"


def text(tag: str, words: dict[str, str]) -> str:
    """Return an element with its text in each language."""
    return element(f"dcc:{tag}", *(element("dcc:content", said, lang=language) for language, said in words.items()))


def identified(value: str, issuer: str) -> str:
    """Return the identifications of a thing that has one number."""
    one = element("dcc:identification", element("dcc:issuer", issuer), element("dcc:value", value))
    return element("dcc:identifications", one)


def named(tag: str, words: dict[str, str], *more: str) -> str:
    """Return a contact: a name and a place."""
    location = element("dcc:location", element("dcc:countryCode", "CN"))
    return element(f"dcc:{tag}", text("name", words), location, *more)


def reference(tag: str, words: dict[str, str], identifier: str, procedure: str, value: str) -> str:
    """Return the naming of another certificate."""
    return element(
        f"dcc:{tag}",
        text("referral", words),
        element("dcc:referralID", identifier),
        element("dcc:procedure", procedure),
        element("dcc:value", value),
    )


def core(identifier: str, issued: str, *correction: str) -> str:
    """Return the core data of a certificate."""
    return element(
        "dcc:coreData",
        element("dcc:countryCodeISO3166_1", "CN"),
        *(element("dcc:usedLangCodeISO639_1", language) for language in ("zh", "en")),
        element("dcc:mandatoryLangCodeISO639_1", "zh"),
        element("dcc:uniqueIdentifier", identifier),
        element("dcc:beginPerformanceDate", "2026-01-12"),
        element("dcc:endPerformanceDate", "2026-01-12"),
        element("dcc:performanceLocation", "laboratory"),
        element("dcc:issueDate", issued),
        *correction,
    )


def item() -> str:
    """Return the cycler."""
    maker = element("dcc:manufacturer", text("name", {"zh": "示例仪器厂", "en": "Example instruments"}))
    name = text("name", {"zh": "电池充放电测试仪", "en": "battery cycler"})
    return element("dcc:item", name, maker, element("dcc:model", "EX-5V10A"), identified("C3-2041", "manufacturer"))


def administrative(core_data: str, *statements: str) -> str:
    """Return everything but the results."""
    software = element("dcc:software", text("name", {"en": "tools/example_certificates.py of OpenQI"}), element("dcc:release", "1"))
    laboratory = named("contact", {"zh": "示例校准实验室", "en": "Example calibration laboratory"})
    person = element("dcc:respPerson", element("dcc:person", text("name", {"zh": "示例人员", "en": "Example person"})))
    invented = element(
        "dcc:statement", element("dcc:traceable", "false"), text("declaration", INVENTED), refType="example_illustrative"
    )
    return element(
        "dcc:administrativeData",
        element("dcc:dccSoftware", software),
        core_data,
        element("dcc:items", item()),
        element("dcc:calibrationLaboratory", laboratory),
        element("dcc:respPersons", person),
        named("customer", {"zh": "示例电池实验室", "en": "Example battery laboratory"}),
        element("dcc:statements", invented, *statements),
    )


def equipment(words: dict[str, str], serial: str, certificate: str) -> str:
    """Return what was measured with; its certificate is paper that does not exist."""
    paper = {"zh": "虚构的纸质证书", "en": "an invented certificate on paper"}
    return element(
        "dcc:measuringEquipment",
        text("name", words),
        reference("certificate", paper, certificate, "analogue", "analogue"),
        identified(serial, "manufacturer"),
        refType="basic_normalUsed",
    )


def condition(kind: str, words: dict[str, str], unit: str, lower: str, upper: str) -> str:
    """Return an ambient condition and its limits."""
    limits = (
        element(
            "dcc:quantity",
            text("name", said),
            element("si:real", element("si:value", value), element("si:unit", unit)),
            refType=f"{kind}{end}",
        )
        for end, said, value in (
            ("Min", {"zh": "下限", "en": "lower limit"}, lower),
            ("Max", {"zh": "上限", "en": "upper limit"}, upper),
        )
    )
    return element("dcc:influenceCondition", text("name", words), element("dcc:data", *limits), refType=kind)


def quantity(ref_type: str, words: dict[str, str], unit: str, values: str, *uncertainty: str) -> str:
    """Return one column of a result."""
    numbers = element("si:realListXMLList", element("si:valueXMLList", values), element("si:unitXMLList", unit), *uncertainty)
    return element("dcc:quantity", text("name", words), numbers, refType=ref_type)


def result(points: Points) -> str:
    """Return a result: indicated value, reference value, and error with its expanded uncertainty."""
    expanded = element(
        "si:expandedMUXMLList",
        element("si:valueExpandedMUXMLList", points.expanded),
        element("si:coverageFactorXMLList", "2"),
        element("si:coverageProbabilityXMLList", "0.95"),
    )
    uncertainty = element("si:measurementUncertaintyUnivariateXMLList", expanded)
    table = element(
        "dcc:list",
        quantity("basic_measuredValue", {"zh": "示值", "en": "indicated value"}, points.unit, points.indicated),
        quantity("basic_referenceValue", {"zh": "参考值", "en": "reference value"}, points.unit, points.reference),
        quantity("basic_measurementError", {"zh": "示值误差", "en": "error"}, points.unit, points.error, uncertainty),
    )
    return element("dcc:result", text("name", points.name), element("dcc:data", table), refType=points.ref_type)


def certificate(core_data: str, current: Points, *statements: str) -> bytes:
    """Return a certificate of the cycler as DCC 3.3.0."""
    measurement = element(
        "dcc:measurementResult",
        text("name", {"zh": "测量结果", "en": "measurement results"}),
        element(
            "dcc:measuringEquipments",
            equipment({"zh": "分流器", "en": "shunt"}, "SH-114", "SHUNT-2025-0412"),
            equipment({"zh": "数字多用表", "en": "digital multimeter"}, "DM-87", "DMM-2025-1190"),
            equipment({"zh": "计数器", "en": "counter"}, "CT-9", "CNT-2025-0077"),
        ),
        element(
            "dcc:influenceConditions",
            condition("basic_temperature", {"zh": "环境温度", "en": "ambient temperature"}, "\\degreecelsius", "22.5", "23.5"),
            condition("basic_humidityRelative", {"zh": "相对湿度", "en": "relative humidity"}, "\\percent", "35", "55"),
        ),
        element("dcc:results", result(current), result(TIME)),
    )
    root = element(
        "dcc:digitalCalibrationCertificate",
        administrative(core_data, *statements),
        element("dcc:measurementResults", measurement),
        **{"xmlns:dcc": "https://ptb.de/dcc", "xmlns:si": "https://ptb.de/si", "schemaVersion": "3.3.0"},
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {INVENTED["en"]} -->\n{root}\n'.encode()


def certificates() -> dict[str, bytes]:
    """Return the files that come out the same each time."""
    first = certificate(core(FIRST, "2026-01-13"), FIRST_CURRENT)
    replaced = element(
        "dcc:reportAmendedSubstituted", element("dcc:typeOfChange", "substituted"), element("dcc:replacedUniqueIdentifier", FIRST)
    )
    previous = reference(
        "previousReport",
        {"zh": "被代替的证书", "en": "the certificate that is replaced"},
        FIRST,
        "SHA256",
        sha256(first).hexdigest(),
    )
    reason = element("dcc:statement", text("declaration", WRONG_SHUNT), refType="example_replaces")
    corrected = certificate(core(f"{FIRST}-R1", "2026-04-20", replaced, previous), CORRECTED_CURRENT, reason)
    rows = (("field", "value", "unit"), *VERIFICATION)
    table = "".join(",".join(row) + "\n" for row in rows).encode()
    return {"cycler.xml": first, "cycler-corrected.xml": corrected, "thermometer.csv": table}


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in certificates().items():
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()
