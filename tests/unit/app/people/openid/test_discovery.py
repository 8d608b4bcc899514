"""What a provider may say of itself: by TLS, on the public internet, with PKCE, as the one that the settings name."""

import json
import threading

import pytest

from hostile_provider import Hostile
from openqi.app.outgoing import Answer, asked
from openqi.app.people.openid.discovery import Provider
from openqi.app.settings import OpenID
from openqi.kernel.errors import RefusedError
from openqi.records import Names
from station_world import Clock

NEAR = "http://127.0.0.1:4000"


@pytest.fixture
def campus():
    server = Hostile(Clock())
    yield server
    server.shutdown()
    server.server_close()


def provider(issuer: str, **more) -> Provider:
    settings = OpenID(issuer=issuer, client_id="a", name=Names(en="Campus"), client_secret_file="s", local=more.pop("local", False))
    return Provider("campus", settings, "secret", Clock(), **more)


def away(ask) -> str:
    with pytest.raises(RefusedError) as caught:
        ask()
    assert caught.value.rule == "openid-away"
    return str(caught.value)


def test_a_provider_is_read_as_it_describes_itself(campus):
    found = provider(campus.issuer).described()
    assert (found.authorization, found.algorithms, found.states_issuer) == (f"{campus.issuer}/auth", ("ES256",), True)


SAID = [
    {"issuer": "https://another.example"}, {"issuer": None}, {"authorization_endpoint": None}, {"token_endpoint": 7},
    {"jwks_uri": "http://login.example/jwks"}, {"token_endpoint": "http://169.254.169.254/latest"}, {"jwks_uri": "file:///etc/passwd"},
    {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": "https://a@login.example/"},
    {"authorization_endpoint": "https://login.example/#a"}, {"authorization_endpoint": "https://login.example/\r\nx: y"},
    {"token_endpoint": "https://[x"}, {"response_types_supported": ["token"]}, {"response_types_supported": "code"},
    {"id_token_signing_alg_values_supported": ["none", "HS256"]}, {"id_token_signing_alg_values_supported": None},
    {"code_challenge_methods_supported": ["plain"]}, {"token_endpoint_auth_methods_supported": ["private_key_jwt", [], {}]},
]  # fmt: skip


@pytest.mark.parametrize("said", range(len(SAID)))
def test_a_provider_that_cannot_be_used_is_not(campus, said):
    campus.described = SAID[said]
    away(provider(campus.issuer).described)


def elsewhere(**said: str) -> Provider:
    """A provider on the internet that says something of itself; whatever it names besides is really asked."""
    at = "https://login.example"
    told = {
        "issuer": at, "authorization_endpoint": f"{at}/auth", "token_endpoint": f"{at}/token", "jwks_uri": f"{at}/jwks",
        "response_types_supported": ["code"], "id_token_signing_alg_values_supported": ["ES256"], **said,
    }  # fmt: skip

    def asking(method: str, url: str, *args, **named) -> Answer:
        if url == f"{at}/.well-known/openid-configuration":
            return Answer(status=200, media="application/json", body=json.dumps(told).encode())
        return asked(method, url, *args, **named)

    return provider(at, asking=asking)


@pytest.mark.parametrize("where", ["jwks_uri", "token_endpoint", "authorization_endpoint"])
def test_a_provider_elsewhere_names_no_address_without_tls_not_even_on_this_machine(where):
    assert "none that may be asked" in away(elsewhere(**{where: f"{NEAR}/x"}).described)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "192.168.0.1"])
def test_a_provider_elsewhere_leads_nobody_into_this_network(host):
    hostile = elsewhere(jwks_uri=f"https://{host}:1/keys", token_endpoint=f"https://{host}:1/token")
    assert "not on the public internet" in away(hostile.keys)
    assert "not on the public internet" in away(lambda: hostile.answer("code", "verifier", "https://quality.example/openid/campus"))


@pytest.mark.parametrize("host", ["127.0.0.2", "10.0.0.1", "[fd00::1]", "169.254.169.254", "[::ffff:127.0.0.1]"])
def test_what_only_this_network_reaches_is_not_asked_unless_the_settings_say_so(host):
    assert "not on the public internet" in away(provider(f"https://{host}:1").described)


def test_with_the_setting_a_private_network_is_asked():
    assert "not on the public internet" not in away(provider("https://127.0.0.2:1", local=True).described)


def test_a_slow_provider_holds_no_more_than_a_few_at_once():
    held, entered = threading.Event(), threading.Semaphore(0)

    def asking(*_, **__) -> Answer:
        entered.release()
        held.wait(20)
        return Answer(status=500, media="text/plain", body=b"")

    slow = provider(NEAR, asking=asking)
    threads = [threading.Thread(target=lambda: away(slow.described)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert entered.acquire(timeout=10)
    assert "too many" in away(slow.described)
    held.set()
    for thread in threads:
        thread.join()
