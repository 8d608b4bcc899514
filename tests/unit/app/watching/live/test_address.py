"""Addresses of brokers, and where users and passwords may come from and go to."""

import pytest

from openqi.app.watching.live.address import PASSWORD, USER, Login, broker_address, is_broker, login, topic_of
from openqi.kernel.errors import FormatError, RefusedError

HERE, THERE, SAFE = (broker_address(text) for text in ("mqtt://localhost/t", "mqtt://broker.example/t", "mqtts://broker.example/t"))


def test_an_address_has_host_port_and_filter():
    found = broker_address("mqtt://[::1]:1884/plant/+/temperature/#")
    assert (found.host, found.port, found.topics, found.tls) == ("::1", 1884, "plant/+/temperature/#", False)
    assert (THERE.port, SAFE.port, SAFE.tls) == (1883, 8883, True)
    assert broker_address("mqtt://h/#").topics == "#"
    assert broker_address("mqtt://h//a b/中").topics == "/a b/中"
    assert is_broker("http://h/t")
    assert not is_broker("gauges/a.csv")


@pytest.mark.parametrize(
    "text",
    ["mqtt://h", "mqtt://h/", "mqtt:///t", "mqtt://h:0/t", "mqtt://h:65536/t", "mqtt://h:x/t", "mqtt://h/a#", "mqtt://h/#/a",
     "mqtt://h/a+/b", "mqtt://h/a\n", "mqtt://h/\0", "ws://h/t", "mqtt://me:secret@h/t", "mqtt://h/" + "a" * 70_000],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_showing_a_password(text):
    with pytest.raises(FormatError) as refused:
        broker_address(text)
    assert "secret" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_a_topic_for_alarms_stands_for_itself():
    assert topic_of("shop/alarms") == "shop/alarms"
    for text in ("", "a/#", "+", "a\n"):
        with pytest.raises(FormatError):
            topic_of(text)


def test_a_login_comes_from_a_file_or_the_environment(tmp_path):
    file = tmp_path / "login"
    file.write_text("me\na pass:word \n", "utf-8")
    assert login(file, {USER: "other", PASSWORD: "x"}, HERE) == Login(user="me", password="a pass:word ")
    assert login(None, {USER: "other", PASSWORD: "x"}, SAFE) == Login(user="other", password="x")
    assert login(None, {}, THERE) is None
    assert login(file, {}, broker_address("mqtt://127.0.0.2/t")) is not None
    assert "pass" not in repr(login(file, {}, HERE)).replace("password", "")


def test_half_a_login_and_a_password_in_clear_are_refused(tmp_path):
    file = tmp_path / "login"
    for content in (b"", b"me\n", b"me", b"\nsecret\n", b"me\n\n", b"me\xff\nsecret\n"):
        file.write_bytes(content)
        with pytest.raises(FormatError) as refused:
            login(file, {}, SAFE)
        assert "secret" not in str(refused.value)
    for some in ({USER: "me"}, {PASSWORD: "secret"}, {USER: "", PASSWORD: "secret"}):
        with pytest.raises(FormatError) as refused:
            login(None, some, SAFE)
        assert "secret" not in str(refused.value)
    for address in (THERE, broker_address("mqtt://10.0.0.1/t"), broker_address("mqtt://localhost.example/t")):
        with pytest.raises(RefusedError, match="password-in-clear"):
            login(None, {USER: "me", PASSWORD: "secret"}, address)
