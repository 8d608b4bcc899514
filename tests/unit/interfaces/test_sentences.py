"""What checks find is said in Chinese to who reads Chinese: every sentence that their code can say, with what it names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from openqi.app.certificates.examination import examined
from openqi.formats import dcc
from openqi.interfaces.web.sentences import said_in
from openqi.interfaces.web.words import phrases
from unit.formats.dcc_good import good
from unit.formats.test_dcc_rules import BREAKS

CODE = Path(dcc.__file__).parent
CHECKS = sorted([*CODE.glob("signature/*.py"), *CODE.glob("rules/kinds/*.py"), *CODE.glob("structure/*.py"), CODE / "links.py",
                 CODE / "verdicts.py"])  # fmt: skip
ERRORS = (
    "is no instant; write for example", "has no time zone; write for example", "is no X.509 certificate, in DER or PEM",
)  # fmt: skip
"""Parts of errors: they say that nothing could be checked, and are no findings."""
PARTS = (
    "whose identifier is", "after it was signed", "inside of those of tolerance", "the answer of 1", "by simple acceptance, for",
    "only the signer says 1", "the hash is that of the file1", "times; it has it ", "with a guard band of U it 111", "ISO/IEC ",
)  # fmt: skip
"""Parts that stand within a sentence which is tested whole below, and clauses."""
WHOLE = {"within the limits of tolerance", "outside of the limits of tolerance"}
CHINESE = re.compile("[\u4e00-\u9fff]")


def sentences(tree: ast.AST) -> Iterator[str]:
    """Every text of four words or more but docstrings, with 1 for what is filled in."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in told | inner:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if len(re.findall(r"(?:^|[ ])[a-z]+", text)) > 3 and "tuple[" not in text:
            yield text


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
def test_every_sentence_of_the_checks_has_its_chinese(path: Path):
    left = []
    for text in sentences(ast.parse(path.read_text())):
        told = said_in(re.sub("^1?; ", "", text), "zh")
        if text in WHOLE or any(part in text for part in (*ERRORS, *PARTS)) or CHINESE.search(told):
            continue
        if text.startswith("has ") and CHINESE.search(said_in(f"dcc:name {text}", "zh")):
            continue
        left.append(text)
    assert left == []


def test_no_row_of_the_table_is_for_a_sentence_that_nothing_says():
    code = re.sub(
        r'"\s*(?:f?r?")|\s+',
        " ",
        " ".join(path.read_text() for path in [*CHECKS, CODE.parents[1] / "app/certificates/examination.py"]),
    )
    told = [one.en for name, one in phrases().items() if name.startswith("found:")]
    put_together = (
        "answer of",
        "whose identifier",
        "by simple acceptance",
        "after it was signed",
        "it has it ",
        "it passes",
        "it does",
    )
    left = [
        text
        for text in told
        if not all(part.strip(" ;:") in code for part in re.split(r"\{\w+\}", text))
        and not any(one in text for one in put_together)
    ]
    assert len(told) > 120
    assert left == []


@pytest.mark.parametrize("name", sorted(set(BREAKS) - {"known-units"}))
def test_a_finding_of_each_rule_of_content_is_told_in_chinese_with_what_it_names(name: str):
    changes, _, words = BREAKS[name]
    found = [one for one in examined(good(*changes), name="c.xml").findings if one.rule == name]
    assert found
    for one in found:
        told = said_in(one.text, "zh")
        assert CHINESE.search(told)
        assert not re.search(r"\b(the|has|is|are|not|for)\b", told)
        assert set(re.findall(r"-?[0-9]+[0-9.]*", one.text)) <= set(re.findall(r"-?[0-9]+[0-9.]*", told))
        assert said_in(one.text, "en") == one.text
    assert any(words in one.text for one in found)


SAID = {
    "within the limits of tolerance, by simple acceptance, for no limits of acceptance are stated; with a guard band of U it does "
    "not pass; fail is stated; no rule is stated": (
        "在容许限内；没有给出接收限，按简单接受；若以 U 为保护带则不通过；所写为“不通过”；没有写明判定规则"
    ),
    "in the guard band; the limits of acceptance lie 0.18 U inside of those of tolerance; with a guard band of U it passes": (
        "在保护带内；接收限在容许限以内 0.18 U；若以 U 为保护带则通过"
    ),
    "CN=Li; O=L,C=CN: revoked 2026-01-01T00:00:00Z by the list of 2026-02-01T00:00:00Z": (
        "CN=Li; O=L,C=CN：按 2026-02-01T00:00:00Z 的吊销列表于 2026-01-01T00:00:00Z 吊销"
    ),
    "the hash is that of the file, whose identifier is 'A-7'; it names no further certificate: the chain ends here": (
        "哈希与文件一致，文件的编号是 “A-7”；它没有列出更上级的证书：溯源链到此为止"
    ),
    "no time-stamp is carried; only the signer says 2026-01-01": "没有时间戳；签署时间 2026-01-01 只是签名人自称",
    "dcc:issueDate has 'soon'; it is a date like 2026-01-12": "dcc:issueDate 的内容是 “soon”；应为日期，如 2026-01-12",
}  # fmt: skip


@pytest.mark.parametrize("sentence", SAID)
def test_sentences_of_several_parts_are_told_whole(sentence: str):
    assert said_in(sentence, "zh") == SAID[sentence]


@pytest.mark.parametrize("text", ["", "Nobody wrote this sentence.", "as signed; and something else", "the {braces} stay"])
def test_what_the_table_does_not_have_stays_as_it_is(text: str):
    assert said_in(text, "zh") == text


def test_a_hostile_sentence_takes_no_long():
    long = "the result '" + "has values " * 20_000
    assert said_in(long, "zh") == long
