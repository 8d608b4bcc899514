"""Ways to a provider and back: begun by a browser, ended once, within minutes, by the same browser and nobody else."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal
from urllib.parse import urlencode

from sqlalchemy import delete, insert

from openqi.app.people.members import Newcomer
from openqi.app.people.naming import check_names
from openqi.app.people.openid.discovery import Provider
from openqi.app.people.openid.linking import Identities
from openqi.app.people.openid.tokens import SKEW, Expected, Identity, check_id_token
from openqi.app.people.sessions import Sessions, digest
from openqi.app.people.visitor import Visitor, check_fresh
from openqi.evidence.canonical import base64url
from openqi.kernel.errors import NotFoundError, RefusedError, VerificationError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.openid import FLOWS

Purpose = Literal["sign-in", "prove", "link", "invitation"]
LASTS: Final = timedelta(minutes=10)
_SECRET: Final = 32
_LONG_AGO: Final = 12 * 3600
_LONGEST: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """For what somebody goes to a provider.

    Args:
        purpose: what is to happen once they are back.
        next: path of this station to which they then come.
        invitation: secret of the invitation that they accept.
        newcomer: what they say of themselves who accept it.
    """

    purpose: Purpose
    next: str = ""
    invitation: str = ""
    newcomer: Newcomer | None = None


@dataclass(frozen=True, kw_only=True)
class Going:
    """Where a browser goes, and the secret of the cookie by which it is known when it comes back."""

    address: str
    browser: str


@dataclass(frozen=True, kw_only=True)
class Back:
    """What has happened: for which purpose, where the person goes on, the secret of a new session where there is one."""

    purpose: str
    next: str
    session: str | None = None


class Flows:
    """Ways to the providers of a station, and back.

    Args:
        desk: where they lie while they are under way, for all processes.
        providers: by short name.
        identities, sessions: what they end in.
        url: address of the station.
        key: secret bytes from which the secrets of a way grow.
        clock, chance: the present instant; as many random bytes as asked for.
    """

    def __init__(
        self, desk: Desk, providers: Mapping[str, Provider], *, identities: Identities, sessions: Sessions, url: str, key: bytes,
        clock: Callable[[], datetime], chance: Callable[[int], bytes],
    ) -> None:  # fmt: skip
        self._desk, self._providers, self.identities, self._sessions = desk, providers, identities, sessions
        self._url, self._key, self._clock, self._chance = url.rstrip("/"), key, clock, chance

    def _now(self, back: timedelta = timedelta()) -> str:
        return format_instant(self._clock() - back)

    def _grown(self, what: str, state: str) -> str:
        return base64url(hmac.digest(self._key, f"{what}\n{state}".encode(), sha256))

    def _provider(self, name: str) -> Provider:
        if name not in self._providers:
            raise NotFoundError("this station knows no such provider")
        return self._providers[name]

    def _back(self, name: str) -> str:
        return f"{self._url}/openid/{name}"  # one for each provider, so that nobody's answer passes for another's

    def begin(self, name: str, wish: Wish, *, visitor: Visitor | None, browser: str = "") -> Going:
        """Return where a browser goes to sign in at a provider.

        Args:
            name: short name of the provider.
            wish: for what.
            visitor: who has signed in here already.
            browser: secret of the cookie of an earlier way of this browser; "" where there is none.

        Raises:
            NotFoundError: no such provider, or no such invitation.
            RefusedError: `openid-away`; `openid-session`, there is nobody to link or prove; `fresh-session`.
            FormatError: the newcomer has no name, or no sign-in name.

        Source: [OIDC-CORE] section 3.1.2.1; [RFC7636] section 4; [RFC9700] section 2.1.
        """
        provider = self._provider(name)
        row = self._row(wish, visitor)
        described = provider.described()
        state, browser = base64url(self._chance(_SECRET)), browser or base64url(self._chance(_SECRET))
        row |= {"id": digest(state), "browser": digest(browser), "provider": name, "made_at": self._now()}
        with self._desk.writing() as connection:
            connection.execute(delete(FLOWS).where(FLOWS.c.made_at < self._now(LASTS)))
            connection.execute(insert(FLOWS), row)
        asked = {
            "response_type": "code", "client_id": provider.settings.client_id, "redirect_uri": self._back(name),
            "scope": " ".join(provider.settings.scopes), "state": state, "nonce": self._grown("nonce", state),
            "code_challenge_method": "S256",
            "code_challenge": base64url(sha256(self._grown("verifier", state).encode()).digest()),
            **_proof(wish.purpose),
        }  # fmt: skip
        mark = "&" if "?" in described.authorization else "?"
        return Going(address=f"{described.authorization}{mark}{urlencode(asked)}", browser=browser)

    def _row(self, wish: Wish, visitor: Visitor | None) -> dict[str, Any]:
        """What the desk keeps of a wish, checked before anybody is sent anywhere."""
        row = {"purpose": wish.purpose, "next": wish.next, "language": "", "login": "", "name": ""}
        match wish.purpose:
            case "link" | "prove" if visitor is None:
                raise RefusedError("openid-session", "sign in first")
            case "link" if visitor is not None:
                check_fresh(visitor)
            case "invitation" if visitor is None and wish.newcomer is not None:
                self.identities.check_invitation(wish.invitation, wish.newcomer)
                login, name = check_names(wish.newcomer.login, wish.newcomer.name)
                row |= {"login": login, "name": name, "language": wish.newcomer.language, "invitation": digest(wish.invitation)}
            case "invitation":
                raise RefusedError("openid-session", "you have signed in already; accept the invitation with your own account")
        signed_in = visitor.session if visitor is not None and wish.purpose in ("link", "prove") else None
        return {"session": signed_in, "invitation": None} | row

    def end(self, name: str, told: Sequence[tuple[str, str]], *, browser: str, visitor: Visitor | None, address: str) -> Back:
        """Return what has happened once a browser is back from a provider.

        Args:
            name: short name of the provider, of the address at which the browser came back.
            told: what the provider told by way of the browser.
            browser: secret of its cookie.
            visitor: who has signed in here already.
            address: from which it asks; failures are counted by it.

        Raises:
            RefusedError: `openid-state`, `openid-issuer`, `openid-denied`, `openid-away`, `openid-code`, `openid-proof`,
                `openid-silent`, `openid-session`, `sign-in-later`, or as `Identities` refuses.
            VerificationError: as `check_id_token`.
            NotFoundError: the invitation was used meanwhile.
        """
        provider, said = self._provider(name), _once(told)
        state = said.get("state", "")
        flow = self._taken(name, state, browser)
        if not self._of_provider(provider, said):
            raise RefusedError("openid-issuer", "the answer is of another provider than the one that was asked; begin again")
        if "code" not in said:
            raise RefusedError("openid-denied", "the provider did not let you in, or you broke off; begin again")
        with self._sessions.attempts.counted(f"way {flow.id}", f"address {address}"):
            return self._done(flow, self._identity(provider, said["code"], state, flow), visitor)

    def _taken(self, name: str, state: str, browser: str) -> Any:
        """The way that a browser comes back on, which is over with this, however it ends."""
        mine = (FLOWS.c.id == digest(state)) & (FLOWS.c.browser == digest(browser)) & (FLOWS.c.provider == name)
        with self._desk.writing() as connection:
            taken = delete(FLOWS).where(mine, FLOWS.c.made_at > self._now(LASTS)).returning(*FLOWS.c)
            flow = connection.execute(taken).one_or_none() if state and browser else None
        if flow is None:
            raise RefusedError("openid-state", "this way was used, has ended, or was begun in another browser; begin again")
        return flow

    def _of_provider(self, provider: Provider, said: Mapping[str, str]) -> bool:
        """Whether an answer is of the provider that was asked.

        Source: [RFC9207] section 2.4.
        """
        if "iss" not in said:
            return not provider.described().states_issuer
        return said["iss"] == provider.settings.issuer

    def _identity(self, provider: Provider, code: str, state: str, flow: Any) -> Identity:
        """Who came back; the provider's keys are asked for again once where a token names one that is not known."""
        token = provider.answer(code, self._grown("verifier", state), self._back(provider.name))
        since = parse_instant(flow.made_at)
        expected = Expected(
            issuer=provider.settings.issuer, client=provider.settings.client_id, nonce=self._grown("nonce", state),
            algorithms=provider.described().algorithms, since=since,
        )  # fmt: skip
        try:
            identity = check_id_token(token, provider.keys(), expected, self._clock())
        except VerificationError as error:
            if error.step != "key":
                raise
            identity = check_id_token(token, provider.keys(anew=True), expected, self._clock())
        proved = identity.proved_at
        if flow.purpose == "prove" and (proved is None or proved < since - SKEW):
            raise RefusedError("openid-proof", "the provider did not ask you anew who you are; prove it here in another way")
        if flow.purpose == "invitation" and proved is None:
            raise RefusedError(
                "openid-silent", "the provider does not say when you proved who you are, so that an account with it alone could"
                " sign nothing; accept the invitation with a password, and link it then",
            )  # fmt: skip
        return identity

    def _done(self, flow: Any, identity: Identity, visitor: Visitor | None) -> Back:
        session = None
        match flow.purpose:
            case "sign-in":
                session = self.identities.sign_in(identity)
            case "invitation":
                newcomer = Newcomer(login=flow.login, name=flow.name, password=None, language=flow.language)
                session = self.identities.join(identity, flow.invitation, newcomer)
            case _ if visitor is None or visitor.session != flow.session:
                raise RefusedError("openid-session", "the session in which this was begun has ended; sign in and begin again")
            case "link":
                self.identities.link(visitor, identity)
            case _:
                self.identities.prove(visitor, identity)
        return Back(purpose=flow.purpose, next=flow.next, session=session)


def _proof(purpose: Purpose) -> dict[str, str]:
    """How a provider is asked for proof: anew for what matters most, else if it is long ago; `max_age` makes it say when it was."""
    return {"prompt": "login", "max_age": "0"} if purpose in ("link", "prove") else {"max_age": str(_LONG_AGO)}


def _once(told: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What was told, each once; [RFC6749] section 3.1 knows no parameter twice."""
    said = dict(told)
    if len(said) != len(told) or any(len(value) > _LONGEST for value in said.values()):
        raise RefusedError("openid-state", "the answer says something twice, or too much; begin again")
    return said
