"""What a check of a certificate found: by which rule and clause, in which line, in a sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding; `clause` is what the rule rests on, `line` that of the file (0 where there is none)."""

    rule: str
    clause: str
    line: int
    text: str
