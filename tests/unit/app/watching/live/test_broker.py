"""A real Mosquitto: who is let in, what is acknowledged when, what is told when the connection or the session is lost."""

import json
import ssl
import time

import pytest

from live_stage import Here, asked, limits, until
from mosquitto_broker import PASSWORD, USER, Mosquitto, missing
from openqi.app.watching.live.address import Login, broker_address
from openqi.app.watching.live.broker import Broker, BrokerAsked
from openqi.app.watching.live.settings import settled
from openqi.formats.live_reading import WHOLE
from openqi.kernel.errors import RefusedError
from tls import certificate

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory):
    broker = Mosquitto(tmp_path_factory.mktemp("mq"))
    yield broker
    broker.stop()


def client(port, **options):
    from paho.mqtt import client as mqtt

    made = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, **options)
    made.connect("127.0.0.1", port)
    made.loop_start()
    return made


def publish(port, topic, *payloads, qos=1, retain=False):
    made = client(port)
    for payload in payloads:
        made.publish(topic, payload, qos=qos, retain=retain).wait_for_publish(10)
    made.disconnect()
    made.loop_stop()


def readings(begin, end, value=0.5):
    return [json.dumps({"time": place, "value": value}) for place in range(begin, end)]


def opened(folder, port, topics="plant/#", *, scheme="mqtt", said=None, **more):
    folder.mkdir(exist_ok=True)
    options = {"login": None, "authority": None, "by_topic": True, "clock": WHOLE, "alarms": None} | more
    what = BrokerAsked(address=broker_address(f"{scheme}://127.0.0.1:{port}/{topics}"), **options)
    said = [] if said is None else said
    return Broker(what, settled(folder, settings="s", origin="o"), said.append, time.monotonic)


def gathered(broker, count):
    found = []
    until(lambda: found.extend(broker.arrivals(0.05)) or len(found) >= count, 20)
    return [one.reading.time if one.reading is not None else one.fault[0] for one in found]


def ready(broker, folder):
    until(lambda: broker.arrivals(0.05) == [] and (folder / "session").exists(), 20)


def test_what_is_not_acknowledged_comes_again_and_what_is_does_not(mosquitto, tmp_path):
    broker = opened(tmp_path, mosquitto.port, "again/#")
    ready(broker, tmp_path)
    publish(mosquitto.port, "again/a", *readings(0, 5))
    assert gathered(broker, 5) == [0, 1, 2, 3, 4]
    broker.acknowledge()
    publish(mosquitto.port, "again/a", *readings(5, 8))
    assert gathered(broker, 3) == [5, 6, 7]
    broker.close()  # those three were not acknowledged
    publish(mosquitto.port, "again/a", *readings(8, 9))
    broker = opened(tmp_path, mosquitto.port, "again/#")
    assert gathered(broker, 4) == [5, 6, 7, 8]
    broker.acknowledge()
    broker.close()
    broker = opened(tmp_path, mosquitto.port, "again/#")
    ready(broker, tmp_path)
    assert broker.arrivals(0.3) == []
    broker.close()


def test_what_is_published_exactly_once_is_taken_with_one_acknowledgement(mosquitto, tmp_path):
    """With QoS 2 the broker would think that we have it before it is on disk; it is handed over with QoS 1."""
    broker = opened(tmp_path, mosquitto.port, "twice/#")
    ready(broker, tmp_path)
    publish(mosquitto.port, "twice/a", *readings(0, 3), qos=2)
    assert gathered(broker, 3) == [0, 1, 2]
    broker.close()
    broker = opened(tmp_path, mosquitto.port, "twice/#")
    assert gathered(broker, 3) == [0, 1, 2]
    broker.close()


def test_anything_may_be_published(mosquitto, tmp_path):
    said = []
    broker = opened(tmp_path, mosquitto.port, "any/#", said=said)
    ready(broker, tmp_path)
    publish(mosquitto.port, "any/a", b"", b"\xff" * 100, b"{" * 3_000, b"9" * 2_000_000, *readings(1, 2))
    found = []
    until(lambda: found.extend(broker.arrivals(0.05)) or len(found) >= 5, 20)
    assert [one.fault and one.fault[0] for one in found] == ["not-json", "not-json", "not-json", "oversize", None]
    assert (found[3].size, len(found[3].begin)) == (2_000_000, 1_024)
    assert said == []
    publish(mosquitto.port, "any/a", *readings(2, 3), qos=0)
    assert gathered(broker, 1) == [2]
    assert "QoS 0" in said[0]
    broker.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho leaves a socket whose TLS fails
def test_who_is_let_in_and_that_no_password_shows(tmp_path, capfd):
    made = certificate(tmp_path, "broker")
    broker = Mosquitto(tmp_path / "mq", login=True, certificate=(made.chain, made.chain))
    try:
        good = Login(user=USER, password=PASSWORD)
        ours = opened(tmp_path / "good", broker.port, scheme="mqtts", login=good, authority=made.authority)
        ready(ours, tmp_path / "good")
        ours.close()
        for name, login, authority, word in (
            ("wrong", Login(user=USER, password="not " + PASSWORD), made.authority, "let us in"),
            ("nobody", None, made.authority, "let us in"),
            ("unbelieved", good, None, "not believed"),
        ):
            said = []
            theirs = opened(tmp_path / name, broker.port, scheme="mqtts", login=login, authority=authority, said=said)
            with pytest.raises(RefusedError, match=word) as refused:
                for _ in range(100):
                    theirs.arrivals(0.1)
            theirs.close()
            assert PASSWORD not in f"{refused.value}{said}{login!r}"
        assert PASSWORD not in repr(good)
        assert PASSWORD not in "".join(path.read_text("utf-8") for path in (tmp_path / "good").iterdir() if path.is_file())
        assert PASSWORD not in "".join(capfd.readouterr())
        assert isinstance(made.context(), ssl.SSLContext)
    finally:
        broker.stop()


def test_a_lost_connection_is_told_and_taken_up_and_so_is_a_lost_session(tmp_path, monkeypatch):
    broker, said = Mosquitto(tmp_path / "mq"), []
    ours = opened(tmp_path / "out", broker.port, said=said)
    ready(ours, tmp_path / "out")
    publish(broker.port, "plant/a", *readings(0, 2))
    assert gathered(ours, 2) == [0, 1]
    broker.stop()
    until(lambda: ours.arrivals(0.05) == [] and said, 20)
    assert "no connection" in said[0]
    sent = []
    with monkeypatch.context() as patched:
        patched.setattr(ours._client, "ack", lambda *number: sent.append(number))
        ours.acknowledge()
    assert sent == [], "an acknowledgement would go to another connection, on which its number may be another reading's"
    broker.start()
    assert gathered(ours, 2) == [0, 1]
    ours.acknowledge()
    ours.close()
    assert not any("forgotten" in line for line in said)
    broker.stop()
    next((tmp_path / "mq").glob("*.db")).unlink()
    broker.start()
    ours = opened(tmp_path / "out", broker.port, said=said)
    until(lambda: ours.arrivals(0.05) == [] and any("forgotten" in line for line in said), 20)
    ours.close()
    broker.stop()


def test_a_topic_that_may_not_be_read_or_written_ends_with_the_reason(tmp_path):
    rules = tmp_path / "rules"
    rules.write_text("topic read plant/#\n", "utf-8")
    rules.chmod(0o600)
    broker = Mosquitto(tmp_path / "mq", more=f"acl_file {rules}")
    ours = opened(tmp_path / "out", broker.port, alarms="alarms")
    try:
        ready(ours, tmp_path / "out")
        assert ours.publish(1, b"{}")
        with pytest.raises(RefusedError, match="does not take alarms"):
            for _ in range(100):
                ours.arrivals(0.1)
        assert ours.unsent() is None
    finally:
        ours.close()
        broker.stop()
    with pytest.raises(RefusedError, match="alarms-apart"):
        opened(tmp_path / "out", 1883, alarms="plant/alarms")


def test_alarms_are_published_with_their_number_and_told_again_only_until_the_broker_has_them(mosquitto, tmp_path):
    heard = []
    listener = client(mosquitto.port)
    listener.on_message = lambda _, __, message: heard.append(json.loads(message.payload))
    listener.subscribe("shop/alarms", qos=1)
    what = asked(tmp_path / "out", limits(tmp_path / "b.csv", 1, name="line/g{}"), "mqtt line/#")
    start = lambda folder, _: Broker(  # noqa: E731
        BrokerAsked(
            address=broker_address(f"mqtt://127.0.0.1:{mosquitto.port}/line/#"), login=None, authority=None, by_topic=True,
            clock=WHOLE, alarms="shop/alarms",
        ), folder, print, time.monotonic,
    )  # fmt: skip
    Here(looks=4).watch(what, start)
    publish(mosquitto.port, "line/g0", *readings(0, 3, value=9.0))
    here = Here(looks=8)
    assert here.watch(what, start)["violations"] >= 3
    until(lambda: len(heard) >= len(here.alarms), 10)
    assert heard == here.alarms
    again = Here(looks=4)
    again.watch(what, start)
    assert again.alarms == []
    time.sleep(0.2)
    assert len(heard) == len(here.alarms)
    listener.disconnect()
    listener.loop_stop()
