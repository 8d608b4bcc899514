"""What is said in languages is said in every mandatory language, and in none that is not declared."""

from collections.abc import Iterator

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.rules.rule import ContentRule
from openqi.formats.dcc.xml import Node

NAME, CLAUSE = "languages", "DCC usedLangCodeISO639_1, mandatoryLangCodeISO639_1"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find texts without a mandatory language, and texts in a language that is not declared."""
    mandatory = set(certificate.metadata["mandatory languages"].split())
    declared = mandatory | set(certificate.metadata["languages"].split())
    for line, name, said in _texts(certificate.root):
        spoken = set(said)
        # Several paragraphs are said in all languages as often; else one of them has the wrong language.
        often = {one: said.count(one) for one in sorted(declared)}
        if max(often.values(), default=0) > 1 and len(set(often.values())) > 1:
            text = f"{name} is said " + ", ".join(f"{count} times in {one}" for one, count in often.items())
            yield Finding(rule=NAME, clause=CLAUSE, line=line, text=text)
        # A text without a language is for all of them, as a name or a number is.
        if "" not in spoken and (missing := sorted(mandatory - spoken)):
            text = f"{name} is not said in {', '.join(missing)}, which is mandatory in this certificate"
            yield Finding(rule=NAME, clause=CLAUSE, line=line, text=text)
        if foreign := sorted(spoken - declared - {""}):
            text = f"{name} is said in {', '.join(foreign)}, which the certificate does not declare"
            yield Finding(rule=NAME, clause=CLAUSE, line=line, text=text)


def _texts(root: Node) -> Iterator[tuple[int, str, list[str]]]:
    """Line, name and languages of every element that holds contents."""
    held: dict[object, tuple[int, str, list[str]]] = {}
    for content in root.below("dcc:content"):
        parent = content.element.getparent()
        if parent not in held:
            around = next(content.around())
            held[parent] = (around.line, around.name, [])
        held[parent][2].append(content.attribute("lang"))
    yield from held.values()


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
