"""What accounts are called: the name that is typed to sign in, and the one that colleagues read."""

from openqi.kernel.errors import FormatError


def check_names(login: str, name: str) -> tuple[str, str]:
    """Return sign-in name and name in the spelling that is kept.

    Raises:
        FormatError: one of them is none.
    """
    login, name = login.strip().casefold(), name.strip()
    if not (3 <= len(login) <= 200 and login.isprintable() and " " not in login):
        raise FormatError("a sign-in name has 3 to 200 characters and no spaces; an e-mail address is a good one")
    if not (0 < len(name) <= 200 and name.isprintable()):
        raise FormatError("say what you are called, in at most 200 characters")
    return login, name
