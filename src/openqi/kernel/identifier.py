"""Names that others gave: URIs, GS1 keys with their check digit, and the 统一社会信用代码 of a legal person in China.

A check returns the text it was given, so that it can stand where the text is used; nothing is trimmed or normalised.
"""

import re
from typing import Literal

from openqi.kernel.errors import FormatError

MAX_URI_LENGTH = 2000

# One compiled pattern with possessive repeats: every character is read once, so that no text can make the check slow.
_PCT, _NAME = "%[0-9A-Fa-f]{2}", r"A-Za-z0-9\-._~!$&'()*+,;="
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*+:(?://(?:(?:[{_NAME}:]|{_PCT})*+@)?(?:[{_NAME}]|{_PCT})*+(?::[0-9]*+)?(?=[/?#]|\Z)|(?!//))"
    rf"(?:[{_NAME}:@/]|{_PCT})*+(?:\?(?:[{_NAME}:@/?]|{_PCT})*+)?(?:#(?:[{_NAME}:@/?]|{_PCT})*+)?"
)

GS1Key = Literal["GTIN", "GLN", "SSCC", "GSIN", "GSRN", "GRAI", "GDTI", "GCN", "GIAI"]
_X = r"[!\"%-?A-Z_a-z]"
_GS1 = {  # the group ends in a check digit; a GRAI is taken without the filler 0 that its bar code form begins with
    "GTIN": "([0-9]{8}|[0-9]{12,14})",
    "GLN": "([0-9]{13})",
    "SSCC": "([0-9]{18})",
    "GSIN": "([0-9]{17})",
    "GSRN": "([0-9]{18})",
    "GRAI": f"([0-9]{{13}}){_X}{{0,16}}",
    "GDTI": f"([0-9]{{13}}){_X}{{0,17}}",
    "GCN": "([0-9]{13})[0-9]{0,12}",
    "GIAI": f"()[0-9]{{4}}{_X}{{1,26}}",
}

_USCI_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCI = re.compile(f"[{_USCI_ALPHABET}]{{2}}[0-9]{{6}}[{_USCI_ALPHABET}]{{10}}")


def check_uri(text: str) -> str:
    """Return `text` if it is a URI with a scheme; two spellings of one resource are two names here.

    Raises:
        FormatError: not a URI in ASCII (a relative reference, a space, a bad percent code), longer than 2,000, or with
            an address in brackets for a host: that names a machine for a while, not a subject.

    Source: [RFC3986] appendix A, `URI` without `IP-literal`.
    """
    if len(text) > MAX_URI_LENGTH or not _URI.fullmatch(text):
        raise FormatError(
            f"URI {text[:80]!r}: write an absolute URI in ASCII of at most {MAX_URI_LENGTH} characters, for example "
            "https://example.org/item/1 or urn:uuid:…; encode other characters as %XX"
        )
    return text


def gs1_check_digit(digits: str) -> str:
    """Return the check digit that follows `digits` in a GS1 key.

    Raises:
        FormatError: not 1 to 30 ASCII digits.

    Source: [GS1GENSPEC] clause 7.9.1.
    """
    if not re.fullmatch("[0-9]{1,30}", digits):
        raise FormatError(f"GS1 digits {digits[:40]!r}: write 1 to 30 ASCII digits, without the check digit")
    return str(-sum(int(digit) * (1 if index % 2 else 3) for index, digit in enumerate(reversed(digits))) % 10)


def check_gs1_key(key: GS1Key, text: str) -> str:
    """Return `text` if it has the form of that GS1 key and its check digit fits; nothing is looked up.

    Raises:
        FormatError: an unknown key, another form, or another check digit.

    Source: [GS1GENSPEC] clauses 3 and 7.9.1.
    """
    found = re.fullmatch(_GS1[key], text) if key in _GS1 else None
    if not found:
        raise FormatError(f"{key} {text[:40]!r}: not the form of {key} ({', '.join(_GS1)} are known); leave out spaces")
    if found[1] and (digit := gs1_check_digit(found[1][:-1])) != found[1][-1]:
        raise FormatError(f"{key} {text[:40]!r}: the check digit is {found[1][-1]}, not {digit}; read the code again")
    return text


def usci_check_character(first: str) -> str:
    """Return the check character that follows the first 17 characters of a 统一社会信用代码.

    Raises:
        FormatError: not 17 characters of the code's alphabet (no I, O, S, V, Z).

    Source: [GB32100] annex on the check character: modulus 31, weights 3^(i-1) mod 31.
    """
    if len(first) != 17 or not set(first) <= set(_USCI_ALPHABET):
        raise FormatError(f"USCI {first[:40]!r}: its first part has 17 of the characters {_USCI_ALPHABET}")
    total = sum(_USCI_ALPHABET.index(character) * 3**index for index, character in enumerate(first))
    return _USCI_ALPHABET[-total % 31]


def check_usci(text: str) -> str:
    """Return `text` if it is a 统一社会信用代码 whose check character fits.

    Raises:
        FormatError: another form (full-width digits are refused, not repaired) or another check character.

    Source: [GB32100] clause 4.
    """
    if not _USCI.fullmatch(text):
        raise FormatError(f"USCI {text[:40]!r}: write 18 half-width digits and capital letters (no I, O, S, V, Z)")
    if (expected := usci_check_character(text[:17])) != text[17]:
        raise FormatError(f"USCI {text!r}: the check character is {text[17]}, not {expected}; read the code again")
    return text


def organisation_code_fits(usci: str) -> bool:
    """Return whether the organisation code in characters 9 to 17 of a USCI has its own check character: a finding.

    Raises:
        FormatError: as `check_usci`.

    Source: [GB11714] clause on the check character: modulus 11, weights 3 7 9 10 5 8 4 2, letters from A = 10.
    """
    code = check_usci(usci)[8:17]
    total = sum(int(character, 36) * weight for character, weight in zip(code, (3, 7, 9, 10, 5, 8, 4, 2), strict=False))
    return "0123456789X"[-total % 11] == code[8]
