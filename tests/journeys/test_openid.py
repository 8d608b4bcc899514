"""Sign-in through a real OpenID provider: linked, signed in, proved, invited, unlinked, as people walk it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import openid_server
from openid_server import Provider, campus, forward, walked
from station_world import PASSWORD, csrf_of

pytestmark = pytest.mark.skipif(openid_server.missing() is not None, reason=str(openid_server.missing()))


class Walk:
    """The station, the provider, and browsers that walk between them."""

    def __init__(self, url: str, provider: Provider) -> None:
        self.url, self.provider = url, provider

    def browser(self) -> httpx.Client:
        headers = {"origin": self.url, "sec-fetch-site": "same-origin", "accept-language": "en"}
        return httpx.Client(base_url=self.url, headers=headers, follow_redirects=True, timeout=60)

    @contextmanager
    def signed_in(self, login: str = "laboratory") -> Iterator[httpx.Client]:
        with self.browser() as client:
            answer = client.post("/sign-in", data={"login": login, "password": PASSWORD, "next": ""})
            assert answer.url.path == "/home", answer.text
            yield client

    def linked(self, there: str) -> None:
        """Link an identity with the account of the laboratory's person."""
        with self.signed_in() as client:
            assert self.go(client, "link", there, next="/account").url.path == "/account"

    def go(self, client: httpx.Client, purpose: str, there: str, *, at: str = "campus", **more: str) -> httpx.Response:
        """Go to the provider for a purpose, log in there, and come back."""
        told = {"purpose": purpose, "next": "", **more}
        if client.cookies.get("openqi"):
            told["csrf"] = csrf_of(client.get("/account").text)
        return walked(client, forward(client.post(f"/openid/{at}", data=told)), there)


@pytest.fixture(scope="module")
def walk(tmp_path_factory) -> Iterator[Walk]:
    with campus(tmp_path_factory.mktemp("openid") / "station") as (url, provider):
        yield Walk(url, provider)


def invitation(walk: Walk) -> str:
    """The path of an invitation that the operator's person made."""
    with walk.signed_in("olga") as olga:
        page = olga.get("/organisation")
        answer = olga.post("/organisation", data={"what": "invite", "csrf": csrf_of(page.text)})
        return re.search(r"(/invitation/[A-Za-z0-9_-]+)", answer.text)[1]


def test_who_linked_an_identity_signs_in_with_it_and_signs_at_once(walk):
    with walk.signed_in() as client:
        back = walk.go(client, "link", "anna", next="/account")
        assert back.url.path == "/account", back.text
        assert "anna" in back.text
        assert "Account of a provider linked" in back.text
    with walk.browser() as client:
        back = walk.go(client, "sign-in", "anna", next="/organisation")
        assert back.url.path == "/organisation", back.text
        assert "Person of laboratory" in back.text
        account = client.get("/account").text
        assert "Signed in through a provider" in account
        assert "/prove?" not in client.get("/home").text, "the provider said that the proof is of now"


def test_an_identity_that_nobody_linked_comes_in_nowhere_and_reads_what_to_do_even_with_somebody_elses_mail_address(walk):
    with walk.browser() as client:
        back = walk.go(client, "sign-in", "stranger")
        assert back.status_code == 400
        assert "ask whoever manages your organisation for an invitation" in back.text
        assert client.get("/home").url.path == "/sign-in"


def test_an_invitation_is_accepted_with_an_identity_and_no_password(walk):
    path = invitation(walk)
    with walk.browser() as client:
        assert "Accept without a password" in client.get(path).text
        told = {"invitation": path.rpartition("/")[2], "login": "nora", "name": "Nora"}
        back = walk.go(client, "invitation", "nora-there", **told)
        assert back.url.path == "/home", back.text
        assert client.get(path).status_code == 404, "an invitation serves once"
        refused = client.post("/openid", data={"csrf": csrf_of(back.text), "issuer": walk.provider.issuer, "sub": "nora-there"})
        assert "last way" in refused.text
        assert client.post("/sign-in", data={"login": "nora", "password": "", "next": ""}).status_code in (400, 403)
    with walk.browser() as client:
        assert "Nora" in walk.go(client, "sign-in", "nora-there").text


def test_an_invitation_with_a_name_that_is_taken_or_none_sends_nobody_away(walk):
    path = invitation(walk)
    with walk.browser() as client:
        told = {"purpose": "invitation", "invitation": path.rpartition("/")[2], "name": "Nora"}
        for login in ("laboratory", "x"):
            answer = client.post("/openid/campus", data={**told, "login": login})
            assert answer.status_code == 400
            assert "refresh" not in answer.headers
        assert client.get(path).status_code == 200


def test_an_identity_belongs_to_one_account_and_is_unlinked_by_it_alone(walk):
    with walk.signed_in("certifier") as client:
        assert walk.go(client, "link", "carl").status_code == 200
    with walk.signed_in() as other:
        assert "linked with an account already" in walk.go(other, "link", "carl").text
        told = {"csrf": csrf_of(other.get("/account").text), "issuer": walk.provider.issuer, "sub": "carl"}
        assert other.post("/openid", data=told).status_code == 404
    with walk.signed_in("certifier") as client:
        told["csrf"] = csrf_of(client.get("/account").text)
        assert client.post("/openid", data=told).url.path == "/account"
    with walk.browser() as client:
        assert walk.go(client, "sign-in", "carl").status_code == 400


def test_proving_again_asks_at_the_provider_anew_and_takes_no_other_identity(walk):
    with walk.signed_in("olga") as client:
        assert walk.go(client, "link", "olga-there").status_code == 200
        client.cookies.delete("openqi")
        walk.go(client, "sign-in", "olga-there")
        asked = client.post(
            "/openid/campus", data={"purpose": "prove", "csrf": csrf_of(client.get("/account").text), "next": "/organisation"}
        )
        address = forward(asked)
        assert "/interaction/" in str(client.get(address).url), "the provider asks though its own session goes on"
        assert walk.go(client, "prove", "olga-there", next="/organisation").url.path == "/organisation"
        assert "Proved again" in client.get("/account").text
        assert "take one that is" in walk.go(client, "prove", "anna").text


def test_who_breaks_off_at_the_provider_reads_so_and_is_not_signed_in(walk):
    with walk.browser() as client:
        page = client.get(forward(client.post("/openid/campus", data={"purpose": "sign-in", "next": ""})))
        back = client.get(f"{page.url}/abort")
        assert back.status_code == 400
        assert "you broke off" in back.text
        assert "openqi" not in client.cookies


def test_an_answer_serves_once_and_only_the_browser_that_asked(walk):
    walk.linked("berta")
    with walk.browser() as client, walk.browser() as thief:
        client.follow_redirects = False
        page = client.get(forward(client.post("/openid/campus", data={"purpose": "sign-in", "next": ""})))
        while not str(page.headers.get("location", "")).startswith(f"{walk.url}/openid/campus"):
            if page.is_redirect:
                page = client.get(str(page.next_request.url))
            else:
                form = re.search(r'action="([^"]+)" method="post">\s*<input type="hidden" name="prompt" value="(\w+)"', page.text)
                page = client.post(form[1], data={"prompt": form[2], "login": "berta", "password": "any"})
        answer = page.headers["location"]
        assert thief.get(answer).status_code == 400
        thief.post("/openid/campus", data={"purpose": "sign-in", "next": ""})
        assert thief.get(answer).status_code == 400, "a way of their own does not help"
        assert client.get(answer).status_code == 303
        assert client.get(answer).status_code == 400


def test_a_provider_with_a_new_key_is_asked_for_it_and_one_that_is_away_is_said_to_be(walk):
    walk.linked("clara")
    walk.provider.stop()
    walk.provider.start()
    with walk.browser() as client:
        assert walk.go(client, "sign-in", "clara").url.path == "/home"
    with walk.browser() as client:
        address = forward(client.post("/openid/campus", data={"purpose": "sign-in", "next": ""}))
        state = re.search(r"state=([^&]+)", address)[1]
        walk.provider.stop()
        back = client.get("/openid/campus", params={"state": state, "code": "x", "iss": walk.provider.issuer})
        walk.provider.start()
        assert back.status_code == 503
        assert "cannot be used at the moment" in back.text


def test_another_algorithm_and_a_secret_in_the_form_serve_too(tmp_path: Path):
    with campus(tmp_path / "station", name="other", client="station-by-form", algorithm="ES256") as (url, provider):
        walk = Walk(url, provider)
        with walk.signed_in() as client:
            assert walk.go(client, "link", "anna", at="other", next="/account").url.path == "/account"
