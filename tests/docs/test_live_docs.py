"""What the page on watching live says is what is done: its broker starts, its reading is charted, its words are all there are."""

import json
import re
import shlex
import signal
import time

import pytest

from live_stage import LiveProcess, until, written
from mosquitto_broker import Mosquitto, missing
from openqi.app.watching.live.intake import JUDGED
from openqi.formats.live_reading import MAX_PAYLOAD, REASONS
from shared_data import ROOT

PAGE = (ROOT / "docs" / "control" / "live.md").read_text("utf-8")
FILES = ("header", "rewritten", "half-line", "gone")


def test_the_page_names_every_reason_and_folder():
    told = set(re.findall(r"`([a-z/-]+)`", PAGE))
    assert {*REASONS, *JUDGED, *FILES, "duplicates"} <= told
    assert {"readings/", "alarms/", "refused/", "results/", "journal/"} <= told
    assert f"{MAX_PAYLOAD:,} bytes" in PAGE


@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_the_broker_of_the_page_takes_its_reading_to_an_alarm(tmp_path, monkeypatch):
    from paho.mqtt import publish

    commands = re.findall(r"```console\n(.*?)\n```", PAGE, re.DOTALL)
    broker = Mosquitto(tmp_path / "mq", instead=re.findall(r"<<'END'\n(.*?)\nEND", commands[1], re.DOTALL)[0])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "limits.csv").write_text("stream,centre,sigma,unit\nplant/a,0,0.5,mm\n", "utf-8")
    arguments = shlex.split(commands[0].split("\n")[0].replace(":1883", f":{broker.port}"))[2:]
    watcher = LiveProcess(tmp_path, *arguments)
    until((tmp_path / "live/session").exists)
    reading = re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)[0]
    publish.single("plant/a", reading, qos=1, port=broker.port)
    until(watcher.alarms)
    alarm = watcher.alarms()[0]
    assert set(alarm) <= set(re.findall(r"`([a-z]+)`", PAGE))
    assert (alarm["value"], alarm["time"]) == (json.loads(reading)["value"], "2026-11-30T08:00:00.250000Z")
    assert watcher.stop(signal.SIGINT) == 1
    said = json.loads(watcher.out.read_text("utf-8").splitlines()[-1])
    assert (said["stopped"], said["readings"], said["violationsNow"]) == (True, 1, 1)
    broker.stop()


def test_files_of_a_folder_are_followed_as_the_page_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gauges").mkdir()
    (tmp_path / "gauges/a.csv").write_text("time,value\n2026-11-30T08:00:00Z,0.1\n", "utf-8")
    (tmp_path / "limits.csv").write_text("stream,centre,sigma\na,0,1\n", "utf-8")
    command = re.findall(r"```console\n(.*?)\n```", PAGE, re.DOTALL)[0].split("\n")[1]
    watcher = LiveProcess(tmp_path, *shlex.split(command)[2:])
    until(lambda: written(tmp_path / "live")[0] == 1)
    time.sleep(0.1)
    assert watcher.stop() == 0
    assert [path.name for path in (tmp_path / "live/readings").iterdir()] == ["00000001.parquet"]
