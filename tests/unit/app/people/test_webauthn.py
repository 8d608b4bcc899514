"""What a station asks of browsers: bound to which name and address, and whatever they answer, our own error or a value."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authenticator import ORIGIN, Authenticator
from openqi.app.people.webauthn import RelyingParty
from openqi.app.settings import Settings
from openqi.evidence.canonical import base64url
from openqi.kernel.errors import RefusedError
from station_world import LABORATORY, world


@pytest.mark.parametrize(
    ("url", "party", "origin"),
    [
        ("https://Station.example/", "station.example", "https://station.example"),
        ("https://station.example:443", "station.example", "https://station.example"),
        ("https://station.example:8443", "station.example", "https://station.example:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "", "http://[::1]:8000"),
        ("https://bücher.example", "xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_passkeys_are_bound_to_the_host_name_of_the_stations_address(url, party, origin):
    stated = Settings(url=url)
    assert stated.origin == origin
    assert stated.relying_party == party


def test_a_station_that_is_reached_under_a_number_says_that_it_has_no_passkeys(tmp_path):
    made = world(tmp_path / "station")
    passkeys, visitor = made.station.people.passkeys, made.visitor(LABORATORY)
    for ask in (passkeys.begin_sign_in, lambda: passkeys.begin(visitor), lambda: passkeys.begin_proof(visitor)):
        with pytest.raises(RefusedError) as caught:
            ask()
        assert caught.value.rule == "passkeys-need-name"
    made.station.close()


PARTY = RelyingParty(host="localhost", origin=ORIGIN, name="Station")
MADE = Authenticator().make(PARTY.creation(b"c" * 32, account="a", login="l", name="n", known=()))
SIGNED = Authenticator(handle="YQ").sign(PARTY.request(b"c" * 32))


def tried(text: str) -> None:
    for read in (PARTY.answered, PARTY.asserted, lambda one: PARTY.registered(one, b"c" * 32)):
        try:
            read(text)
        except RefusedError as error:
            assert error.rule == "passkey-refused"


@given(st.text(max_size=200))
def test_any_text_is_an_answer_or_our_own_error(text):
    tried(text)


@settings(max_examples=300)
@given(st.sampled_from([MADE, SIGNED]), st.integers(min_value=0), st.characters(max_codepoint=127))
def test_an_answer_with_one_character_changed_is_an_answer_or_our_own_error(answer, at, letter):
    where = at % len(answer)
    tried(answer[:where] + letter + answer[where + 1 :])


@given(st.sampled_from(["clientDataJSON", "attestationObject", "authenticatorData", "signature"]), st.binary(max_size=120))
def test_any_bytes_in_a_part_of_an_answer_are_an_answer_or_our_own_error(part, data):
    for answer in (MADE, SIGNED):
        told = json.loads(answer)
        told["response"][part] = base64url(data)
        tried(json.dumps(told))
