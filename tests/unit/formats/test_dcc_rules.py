"""One suite over all rules of content: a good certificate breaks none, and for each rule there is one that breaks only it."""

import pytest

from openqi.formats.dcc.certificate import read_certificate
from openqi.formats.dcc.rules.rule import FOLDER, ContentRule, content_findings
from openqi.formats.dcc.structure import check_structure
from openqi.kernel.catalogue import load
from unit.formats.dcc_good import GOOD, good

LISTS = "<si:valueXMLList>293.15 303.25</si:valueXMLList>"


def part(name: str) -> str:
    """The only element of a name in the good certificate."""
    return GOOD[GOOD.index(f"<dcc:{name}>") : GOOD.index(f"</dcc:{name}>") + len(f"</dcc:{name}>")]


METHODS, CONDITIONS = part("usedMethods"), part("influenceConditions")
END = "</si:realListXMLList>\n     <dcc:measurementMetaData>"
RELATIVE = (
    "<dcc:relativeUncertainty><dcc:relativeUncertaintyXmlList><si:valueXMLList>1.0 0.95</si:valueXMLList>"
    "<si:unitXMLList>1</si:unitXMLList></dcc:relativeUncertaintyXmlList></dcc:relativeUncertainty>"
)
# One change that breaks the rule, and the line and words of the finding.
BREAKS = {
    "dates-in-order": ((("2026-01-13</dcc:endPerformanceDate>", "2026-01-11</dcc:endPerformanceDate>"),), 11, "lies before"),
    "languages": ((('<dcc:content lang="zh">温度计</dcc:content>', ""),), 16, "not said in zh"),
    "known-units": (((r"<si:value>0.5</si:value><si:unit>\kelvin", r"<si:value>0.5</si:value><si:unit>\kelven"),), 65, "kelven"),
    "one-value-in-several-units": ((("20.0 30.1", "20.0 30.2"),), 40, "30.2"),
    "uncertainty-stated": ((("<si:standardUnc>0.1<", "<si:standardUnc>0.0<"),), 65, "zero"),
    "decision-rule-stated": ((("<dcc:norm>ILAC-G8:09/2019 4.2.1</dcc:norm>", ""),), 52, "without a decision rule"),
    "verdict-for-each-value": ((("pass pass", "pass"),), 52, "1 verdict for the 2 values"),
    "limits-in-order": ((("<si:value>-0.020<", "<si:value>-0.030<"),), 52, "out of order"),
    "coverage": ((("<si:intervalMin>0.4<", "<si:intervalMin>0.55<"),), 65, "outside of its interval"),
    "method-stated": (((METHODS, ""),), 33, "no method"),
    "conditions-stated": (((CONDITIONS, ""),), 33, "no conditions"),
    "relative-uncertainty": (
        ((END, END.replace("\n", RELATIVE + "\n")),), 51, "0.95 1 is not 0.010 divided by -0.012",
    ),
    "other-units-declared": (
        (("<si:value>0.5</si:value><si:unit>\\kelvin", "<si:value>0.5</si:value><si:unit>|yard"),), 65, "|yard",
    ),
    "main-signer-named": ((("<dcc:mainSigner>true", "<dcc:mainSigner>false"),), 22, "main signer"),
    "columns-match": (
        (("293.15 303.25", "293.15 303.25 313.35"), ("20.0 30.1", "20.0 30.1 40.2")), 43, "2 values beside 3",
    ),
}  # fmt: skip


def test_the_catalogue_and_this_suite_have_the_same_rules():
    rules = load(FOLDER, ContentRule)
    assert set(rules) == set(BREAKS)
    assert all(rule.clause for rule in rules.values())


def test_a_good_certificate_breaks_no_rule():
    assert content_findings(read_certificate(good(), name="good.xml")) == ()


@pytest.mark.parametrize("name", BREAKS)
def test_each_rule_has_a_certificate_that_breaks_only_it(name: str):
    changes, line, words = BREAKS[name]
    data = good(*changes)
    assert check_structure(data, name="x") == ()
    (finding,) = content_findings(read_certificate(data, name="x"))
    assert (finding.rule, finding.line) == (name, line), finding
    assert words in finding.text
    assert finding.clause == load(FOLDER, ContentRule)[name].clause


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            (('<dcc:content lang="en">thermometer', '<dcc:content lang="fr">thermomètre'),),
            "in fr, which the certificate does not declare",
        ),
        ((('<dcc:content lang="en">thermometer', '<dcc:content lang="zh">thermometer'),), "0 times in en, 2 times in zh"),
        ((("<si:intervalMax>0.6<", "<si:intervalMax>0.4<"),), "is empty"),
        ((("20.0 30.1", "20.0"),), "1 values in"),
        ((("293.15 303.25", "293.15 NaN"),), ""),
    ],
)
def test_other_ways_to_break_them(changes: tuple[tuple[str, str], ...], words: str):
    found = content_findings(read_certificate(good(*changes), name="x"))
    assert any(words in finding.text for finding in found) if words else found == ()


def test_a_result_without_any_uncertainty_is_found():
    text = good().decode()
    for name in ("expandedUncXMLList", "coverageInterval"):
        start, end = text.index(f"<si:{name}>"), text.index(f"</si:{name}>") + len(f"</si:{name}>")
        text = text[:start] + text[end:]
    found = content_findings(read_certificate(text.encode(), name="x"))
    assert [finding.rule for finding in found] == ["uncertainty-stated"]
