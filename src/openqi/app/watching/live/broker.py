"""Readings from an MQTT 5 broker that keeps them until they are acknowledged, which happens once they are on disk.

One thread does everything, so an acknowledgement never goes to another connection than the one on which the reading came.
"""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any, Final

from openqi.app.watching.live.address import Address, Login
from openqi.app.watching.live.arriving import Arrival, arrival
from openqi.app.watching.live.settings import Folder
from openqi.formats.live_reading import payload_reading
from openqi.kernel.errors import NotFoundError, RefusedError

IN_FLIGHT: Final = 1_000
"""So many readings the broker may send before the first of them is acknowledged."""
_FOR_EVER: Final = 0xFFFFFFFF
_LONGEST_PAUSE: Final = 30.0
_ANSWER_WITHIN: Final = 10.0
_AT_ONCE: Final = 0.005
_GOODBYE: Final = 2.0
_AGAIN: Final = {"Server unavailable", "Server busy", "Server shutting down", "Connection rate exceeded", "Quota exceeded"}


@dataclass(frozen=True, kw_only=True)
class BrokerAsked:
    """What is asked of a broker.

    Args:
        address: of it.
        login: who one is there.
        authority: file with the certificates that are believed; None for those of the system.
        by_topic: whether a stream is called by its topic; else by the field `stream`.
        clock: kind of the times.
        alarms: topic to which alarms are published; None where they are not.
    """

    address: Address
    login: Login | None
    authority: Path | None
    by_topic: bool
    clock: str
    alarms: str | None


class Broker:
    """A connection to a broker, opened again whenever it is lost.

    Args:
        asked: what is asked of the broker.
        folder: by which the broker knows us.
        complain: is told what people should know.
        steady: seconds that never go back.

    Raises:
        NotFoundError: MQTT is not installed, or there is no file with certificates.
        RefusedError: alarms would come back as readings.
    """

    def __init__(self, asked: BrokerAsked, folder: Folder, complain: Callable[[str], None], steady: Callable[[], float]) -> None:
        try:
            from paho.mqtt import client as mqtt
        except ImportError as error:
            raise NotFoundError("a broker needs openqi[live]: pip install 'openqi[live]'") from error
        if asked.alarms is not None and mqtt.topic_matches_sub(asked.address.topics, asked.alarms):
            raise RefusedError("alarms-apart", f"alarms at {asked.alarms} would come back as readings by {asked.address.topics}")
        self._asked, self._folder, self._complain, self._steady = asked, folder, complain, steady
        self._arrived: list[Arrival] = []
        self._owed: list[int] = []
        self._unsent: dict[int, int] = {}
        self._refusal: str | None = None
        self._open = self._connected = self._closed = self._careless = False
        self._pause, self._next_try, self._answer_by = 1.0, 0.0, 0.0
        self._client = self._made(mqtt)

    def arrivals(self, wait: float) -> list[Arrival]:
        """Return what came in; waits at most so many seconds where nothing did.

        Raises:
            RefusedError: the broker does not let us in, or gives less than is asked.
        """
        self._step(wait)
        before, until = 0, self._steady() + _AT_ONCE
        while before < len(self._arrived) < IN_FLIGHT and self._steady() < until:
            before = len(self._arrived)
            self._step(0.0)
        if self._refusal is not None:
            raise RefusedError("broker-refuses", self._refusal)
        found, self._arrived = self._arrived, []
        return found

    def position(self) -> None:
        """Return nothing: the broker keeps count."""

    def acknowledge(self) -> None:
        """Tell the broker that it need not keep what came in on this connection."""
        owed, self._owed = self._owed, []
        for number in owed:
            self._client.ack(number, 1)

    def publish(self, number: int, text: bytes) -> bool:
        """Send an alarm on; the broker has it once it says so, and it is sent again until then."""
        if self._asked.alarms is None:
            return False
        info = self._client.publish(self._asked.alarms, text, qos=1)
        self._unsent[info.mid] = number
        return True

    def unsent(self) -> int | None:
        """Return the lowest number of an alarm that the broker does not have yet."""
        return min(self._unsent.values()) if self._unsent else None

    def close(self) -> None:
        """Send what is to be sent, and say goodbye; the broker goes on to keep readings for us."""
        if self._closed:
            return
        self._closed = True
        until = self._steady() + (_GOODBYE if self._connected else 0.0)
        while (self._client.want_write() or self._unsent) and self._steady() < until:
            if self._client.loop(0.05):
                return
        if self._connected:
            self._client.disconnect()
            self._client.loop(0.05)

    def _made(self, mqtt: Any) -> Any:
        asked = self._asked
        client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id=self._folder.client, protocol=mqtt.MQTTv5, manual_ack=True,
        )  # fmt: skip
        if asked.address.tls:
            try:
                client.tls_set_context(ssl.create_default_context(cafile=None if asked.authority is None else str(asked.authority)))
            except OSError as error:
                raise NotFoundError(f"{asked.authority}: no file with certificates (PEM) that can be read: {error}") from error
        if asked.login is not None:
            client.username_pw_set(asked.login.user, asked.login.password)
        client.on_socket_open = _at_once
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_subscribe, client.on_message, client.on_publish = self._on_subscribe, self._on_message, self._on_publish
        return client

    def _step(self, wait: float) -> None:
        """Let the connection do what is to be done; none is opened sooner than it may."""
        if not self._open:
            self._connect(wait)
        elif self._refusal is None:
            result = self._client.loop(wait)
            if result or (not self._connected and self._steady() > self._answer_by):
                self._dropped(str(result) if result else "it does not answer")

    def _connect(self, wait: float) -> None:
        """Open a connection, or wait for when one may be tried again."""
        if self._steady() < self._next_try:
            sleep(min(wait, max(0.0, self._next_try - self._steady())))
            return
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        properties: Any = Properties
        said: Any = properties(PacketTypes.CONNECT)
        said.SessionExpiryInterval, said.ReceiveMaximum = _FOR_EVER, IN_FLIGHT
        self._answer_by = self._steady() + _ANSWER_WITHIN
        address = self._asked.address
        try:
            self._client.connect(address.host, address.port, keepalive=30, clean_start=False, properties=said)
            self._open = True
        except ssl.SSLCertVerificationError as error:
            self._refusal = f"{address.host} shows a certificate that is not believed: {error.verify_message}; see --broker-ca"
        except (OSError, ValueError) as error:
            self._lost(str(error))

    def _dropped(self, why: str) -> None:
        """A connection that was there is lost, if nobody ended it."""
        if self._open and not self._closed and self._refusal is None:
            self._lost(why)

    def _lost(self, why: str) -> None:
        """Forget what was owed on this connection (the broker sends it again), and wait before the next."""
        self._owed.clear()
        self._open = self._connected = False
        address = self._asked.address
        self._complain(f"no connection to {address.host}:{address.port}: {why[:200]}; tried again in {self._pause:.0f} s")
        self._next_try = self._steady() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _on_connect(self, client: Any, _: Any, flags: Any, reason: Any, __: Any) -> None:
        from paho.mqtt.subscribeoptions import SubscribeOptions

        if reason.is_failure:
            if str(reason) not in _AGAIN:
                self._refusal = f"{self._asked.address.host} does not let us in: {reason}"
            return
        if self._folder.had_session and not flags.session_present:
            self._complain("the broker has forgotten us: what was published since then may never come; see that it keeps sessions")
        self._connected, self._pause = True, 1.0
        client.subscribe(self._asked.address.topics, options=SubscribeOptions(qos=1, retainHandling=1))

    def _on_subscribe(self, _: Any, __: Any, ___: Any, reasons: Any, ____: Any) -> None:
        topics = self._asked.address.topics
        if any(reason.is_failure for reason in reasons):
            self._refusal = f"the broker does not let us read {topics}: {reasons[0]}"
        elif any(reason.value < 1 for reason in reasons):
            self._refusal = f"the broker gives {topics} without acknowledgement only (QoS 0); readings could be lost"
        else:
            self._folder.has_session()

    def _on_disconnect(self, _: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        self._dropped(str(reason))

    def _on_message(self, _: Any, __: Any, message: Any) -> None:
        payload, again = bytes(message.payload), bool(message.dup)
        try:
            topic = str(message.topic)
        except UnicodeDecodeError:
            topic = "?"
        by, clock = topic if self._asked.by_topic else None, self._asked.clock
        self._arrived.append(arrival(payload, topic, lambda: payload_reading(payload, stream=by, clock=clock), again=again))
        if message.qos:
            self._owed.append(message.mid)
        elif not self._careless:
            self._careless = True
            self._complain(f"{topic} is published without acknowledgement (QoS 0): such readings can be lost before they come here")

    def _on_publish(self, _: Any, __: Any, number: int, reason: Any, ___: Any) -> None:
        self._unsent.pop(number, None)
        if reason.is_failure:
            self._refusal = f"the broker does not take alarms at {self._asked.alarms}: {reason}"


def _at_once(_: Any, __: Any, opened: Any) -> None:
    """Acknowledgements are small; without this the system waits whether there comes more to send."""
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
