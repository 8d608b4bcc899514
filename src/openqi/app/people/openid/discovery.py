"""A provider as it describes itself: its addresses and keys, fetched within bounds, kept for an hour; and its answer to a code."""

import http.client
import os
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final, Protocol
from urllib.parse import quote_plus, urlencode, urlsplit

from openqi.app.files import read_file
from openqi.app.outgoing import Answer, asked
from openqi.app.people.openid.tokens import ALGORITHMS, json_object
from openqi.app.settings import OpenID, is_near
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError

KEPT: Final = timedelta(hours=1)
_PAUSE: Final = timedelta(seconds=20)
_SECONDS: Final = 8.0
_MOST: Final = 200_000
_KEYS: Final = 100
_AT_ONCE: Final = 6
_WELL_KNOWN: Final = "/.well-known/openid-configuration"


class Asking(Protocol):
    """Asks an address, as `asked` of `openqi.app.outgoing` does."""

    def __call__(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, local: bool, seconds: float, most: int
    ) -> Answer:
        """Return what it answers."""
        ...


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a provider says of itself.

    Args:
        authorization, token, keys: its addresses.
        algorithms: with which it signs, of those that count here.
        states_issuer: whether it names itself when a person comes back.
        secret_in_form: whether it takes our secret only in the form and not in a header.
    """

    authorization: str
    token: str
    keys: str
    algorithms: tuple[str, ...]
    states_issuer: bool
    secret_in_form: bool


class Provider:
    """A provider of a station. Any thread may ask; a few at once, so that a slow provider does not take all of them.

    Args:
        name: its short name in the settings.
        settings: of the provider.
        secret: with which the station proves to it who it is.
        clock: the present instant.
        asking: asks an address.
    """

    def __init__(self, name: str, settings: OpenID, secret: str, clock: Callable[[], datetime], asking: Asking = asked) -> None:
        self.name, self.settings, self._secret, self._clock, self._asking = name, settings, secret, clock, asking
        self._described: Described | None = None
        self._keys: tuple[Mapping[str, Any], ...] = ()
        self._until = self._keys_until = self._not_before = clock() - KEPT
        self._places = BoundedSemaphore(_AT_ONCE)

    def described(self) -> Described:
        """Return what the provider says of itself, at most an hour old.

        Raises:
            RefusedError: `openid-away`, it cannot be reached, or says what cannot be used.
        """
        now = self._clock()
        if self._described is None or now >= self._until:
            if now < self._not_before:
                raise self._away("it did not answer a moment ago")
            try:
                found = self._fetched(self.settings.issuer.rstrip("/") + _WELL_KNOWN)
                self._described = self._read(found)
            except RefusedError:
                self._not_before = now + _PAUSE
                raise
            self._until = now + KEPT
        return self._described

    def keys(self, *, anew: bool = False) -> Sequence[Mapping[str, Any]]:
        """Return the provider's keys, at most an hour old; anew where a token names one that is not among them.

        Raises:
            RefusedError: `openid-away`.
        """
        now = self._clock()
        if anew or now >= self._keys_until:
            found = self._fetched(self.described().keys).get("keys")
            if not isinstance(found, list) or len(found) > _KEYS:
                raise self._away("its keys are no list")
            self._keys = tuple(key for key in found if isinstance(key, dict))
            self._keys_until = now + KEPT
        return self._keys

    def answer(self, code: str, verifier: str, back: str) -> object:
        """Return the ID token for the code of a person who has come back.

        Args:
            code: the code.
            verifier: of PKCE.
            back: the address to which the person came back.

        Raises:
            RefusedError: `openid-away`; or `openid-code`, the provider does not take the code.

        Source: [OIDC-CORE] section 3.1.3; [RFC7636] section 4.5.
        """
        described, client = self.described(), self.settings.client_id
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if described.secret_in_form:
            form |= {"client_id": client, "client_secret": self._secret}
        else:
            pair = f"{quote_plus(client)}:{quote_plus(self._secret)}"
            headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        answer = self._asked("POST", described.token, urlencode(form).encode(), headers)
        if answer.status in (400, 401, 403):
            raise RefusedError("openid-code", f"the provider {self.name} does not take the code, or does not know this station")
        return self._object(answer, "its answer").get("id_token")

    def _fetched(self, url: str) -> dict[str, Any]:
        return self._object(self._asked("GET", url, None, {}), "what it says of itself")

    def _object(self, answer: Answer, what: str) -> dict[str, Any]:
        if answer.status != 200:  # a redirection too: it would lead to what nobody has checked
            raise self._away(f"it answers {answer.status}")
        try:
            return json_object(answer.body, what)
        except FormatError as error:
            raise self._away(str(error)) from error

    def _asked(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        near = is_near(self.settings.issuer)
        if not self._places.acquire(timeout=1.0):
            raise self._away("too many wait for it already")
        try:
            more = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "openqi", **headers}
            local = self.settings.local or near
            return self._asking(method, url, body, more, local=local, seconds=_SECONDS, most=_MOST)
        except (OSError, http.client.HTTPException, FormatError) as error:
            raise self._away(type(error).__name__) from error
        except RefusedError as error:
            raise self._away("its address is not on the public internet; see `local` in the settings") from error
        finally:
            self._places.release()

    def _read(self, found: Mapping[str, Any]) -> Described:
        if found.get("issuer") != self.settings.issuer:
            raise self._away("it calls itself another than the settings do")
        addresses = [self._address(found.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        signs = _words(found, "id_token_signing_alg_values_supported")
        algorithms = tuple(name for name in ALGORITHMS if name in signs)
        if "code" not in _words(found, "response_types_supported") or not algorithms:
            raise self._away("it knows no codes, or signs in no way that counts here")
        if "S256" not in (_words(found, "code_challenge_methods_supported") or ["S256"]):
            raise self._away("it knows no PKCE with S256")
        ways = _words(found, "token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if not {"client_secret_basic", "client_secret_post"} & set(ways):
            raise self._away("it takes no secret of a station")
        return Described(
            authorization=addresses[0], token=addresses[1], keys=addresses[2], algorithms=algorithms,
            states_issuer=found.get("authorization_response_iss_parameter_supported") is True,
            secret_in_form="client_secret_basic" not in ways,
        )  # fmt: skip

    def _address(self, url: object) -> str:
        """An address by TLS; without it only on this machine, for a provider that is on this machine itself."""
        text = url if isinstance(url, str) and url.isascii() and url.isprintable() and len(url) < 2_000 else ""
        try:
            parts = urlsplit(text)
            whole = bool(parts.hostname) and parts.port != 0 and not parts.fragment and "@" not in parts.netloc and " " not in text
        except ValueError:
            whole = False
        plain = text.startswith("http://") and is_near(text) and is_near(self.settings.issuer) if whole else False
        if not whole or not (text.startswith("https://") or plain):
            raise self._away("one of its addresses is none that may be asked")
        return text

    def _away(self, why: str) -> RefusedError:
        return RefusedError("openid-away", f"the provider {self.name} cannot be asked now: {why}; sign in in another way, or later")


def _words(found: Mapping[str, Any], name: str) -> list[str]:
    words = found.get(name)
    return [word for word in words if isinstance(word, str)] if isinstance(words, list) else []


def providers(folder: Path, settings: Mapping[str, OpenID], clock: Callable[[], datetime]) -> dict[str, Provider]:
    """Return the providers that a station's settings name, each with its secret.

    Raises:
        NotFoundError: a secret is not where the settings say.
    """
    return {name: Provider(name, one, _secret(folder, name, one), clock) for name, one in settings.items()}


def _secret(folder: Path, name: str, settings: OpenID) -> str:
    if settings.client_secret_env:
        found, where = os.environ.get(settings.client_secret_env, ""), f"the environment variable {settings.client_secret_env}"
    else:
        path = folder / settings.client_secret_file
        found, where = read_file(path, 10_000).decode("utf-8", errors="replace").split("\n")[0].strip(), f"the file {path}"
    if not found:
        raise NotFoundError(f"{where} is empty; it holds the secret of this station at the provider openid.{name}")
    return found
