"""Validation against XSD files that somebody supplies: they come in as bytes, and nothing is fetched."""

import posixpath
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.xml import Node, parsed
from openqi.kernel.errors import FormatError, NotFoundError

if TYPE_CHECKING:
    from lxml.etree import XMLSchema, _LogEntry

_SCHEMA: Final = "{http://www.w3.org/2001/XMLSchema}schema"
_OWN: Final = ("{https://ptb.de/dcc}", "{https://ptb.de/si}", "{http://www.w3.org/2000/09/xmldsig#}")
_SCHEME: Final = "supplied:///"


def validate_xsd(data: bytes, schemas: Mapping[str, bytes], *, name: str) -> tuple[Finding, ...]:
    """Return what the schema of the certificate's version finds; () where it is valid.

    Elements of other namespaces, as formulas in MathML, are not judged: nobody supplies their schemas with that of the DCC.

    Args:
        data: of the certificate.
        schemas: file name, with folders, to content; the certificate's version chooses the root among them.
        name: of the certificate, for messages.

    Raises:
        NotFoundError: there is no schema of that version among them.
        FormatError: a schema cannot be read, or names one that is not supplied; or as `check_structure`.
    """
    return schema_findings(parsed(data, file=name), schemas)


def schema_findings(root: Node, schemas: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return what the schema finds in a parsed certificate; raises as `validate_xsd`."""
    version = root.attribute("schemaVersion")
    schema = _compiled(version, tuple(sorted(schemas.items())))
    if schema.validate(root.element):
        return ()
    return tuple(
        Finding(rule="xsd", clause=f"DCC {version} XSD", line=error.line, text=_without_spaces(error.message))
        for error in cast("Iterable[_LogEntry]", schema.error_log)
        if not _foreign(error.message)
    )


def _foreign(message: str) -> bool:
    """Whether an error is only that an element of another namespace has no schema here."""
    return "No matching global element declaration" in message and not any(f"'{space}" in message for space in _OWN)


def _without_spaces(message: str) -> str:
    for space in _OWN:
        message = message.replace(space, "")
    return " ".join(message.split())


@lru_cache(maxsize=8)
def _compiled(version: str, schemas: tuple[tuple[str, bytes], ...]) -> "XMLSchema":
    """The schema of a version, compiled once for the same files."""
    from lxml import etree

    supplied = {posixpath.normpath(name.replace("\\", "/")): content for name, content in schemas}
    missing: list[str] = []

    class Supplied(etree.Resolver):
        def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]  # noqa: ARG002
            path = posixpath.normpath(system_url.removeprefix(_SCHEME).lstrip("/"))
            if path not in supplied:
                missing.append(path)
                return self.resolve_string(f'<schema xmlns="{_SCHEMA[1:-7]}"/>', context, base_url=None)
            return self.resolve_string(supplied[path], context, base_url=_SCHEME + path)

    parser = etree.XMLParser(no_network=True, load_dtd=False, huge_tree=False, resolve_entities=False)
    parser.resolvers.add(Supplied())
    for path, content in supplied.items():
        if not path.endswith(".xsd"):
            continue
        try:
            root = etree.fromstring(content, parser, base_url=_SCHEME + path)
            if root.tag != _SCHEMA or root.get("targetNamespace") != "https://ptb.de/dcc" or root.get("version") != version:
                continue
            compiled = etree.XMLSchema(etree.ElementTree(root))
        except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
            raise FormatError(_problem(path, missing, str(error))) from error
        if missing:
            raise FormatError(_problem(path, missing, ""))
        return compiled
    raise NotFoundError(
        f"no schema of DCC {version[:20]!r} among the {len(supplied)} files; supply its dcc.xsd with what it imports"
    )


def _problem(path: str, missing: list[str], error: str) -> str:
    if missing:
        return f"{path}: the schema names {', '.join(dict.fromkeys(missing))}, which is not supplied; supply it too"
    return f"{path}: the schema cannot be read: {error[:200]}"
