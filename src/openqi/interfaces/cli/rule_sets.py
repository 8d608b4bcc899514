"""A rule set as people name it on the command line: published, some rules of a published one, or a JSON file with one's own."""

from collections.abc import Mapping
from pathlib import Path


def named_rules(given: str) -> str | Mapping[str, object]:
    """Return what `rule_set` takes: the name as it is, or what stands in the JSON file.

    Raises:
        FormatError: the file is not JSON, or no mapping.
    """
    return given if not given.endswith(".json") else json_mapping(given, "a rule set, a mapping with name and rules")


def json_mapping(given: str, what: str) -> Mapping[str, object]:
    """Return the mapping that stands in a JSON file.

    Args:
        given: path of the file.
        what: it should be, for the error.

    Raises:
        FormatError: the file is not JSON, or no mapping.
    """
    import json

    from openqi.app.files import read_file
    from openqi.kernel.errors import FormatError

    try:
        own = json.loads(read_file(Path(given), 1_000_000))
    except ValueError as error:
        raise FormatError(f"{given}: not JSON: {error}") from None
    if not isinstance(own, dict):
        raise FormatError(f"{given}: not {what}")
    return own
