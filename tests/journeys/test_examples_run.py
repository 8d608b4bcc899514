"""The examples of `examples/operation` run as they are, apart from addresses and files: nginx in front, the unit, the container."""

import configparser
import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from openqi.app.settings import FILE
from served import Served, fields, served
from station_world import LABORATORY, world
from tls import certificate, free

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "operation"
NAME = "quality.example"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@dataclass(frozen=True, kw_only=True)
class Fronted:
    """A station with two workers behind nginx."""

    station: Served
    tls: int
    plain: int
    trusted: ssl.SSLContext
    token: str

    def client(self, **headers: str) -> httpx.Client:
        """A browser that trusts the certificate and knows where the name leads."""
        told = {"host": NAME, "origin": f"https://{NAME}", "sec-fetch-site": "same-origin", "accept-language": "en", **headers}
        address = f"https://127.0.0.1:{self.tls}"
        return httpx.Client(base_url=address, headers=told, verify=self.trusted, timeout=60)

    def connected(self) -> ssl.SSLSocket:
        """A visitor who writes HTTP by hand."""
        plain = socket.create_connection(("127.0.0.1", self.tls), timeout=20)
        return self.trusted.wrap_socket(plain, server_hostname=NAME)


@pytest.fixture(scope="module")
def fronted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    if NGINX is None:
        pytest.skip("nginx is not installed, so the example for it is not run")
    place = tmp_path_factory.mktemp("nginx")
    made = world(place / "station")
    token = made.station.people.members.new_token(made.visitor(LABORATORY), "robot", 300)
    made.station.close()
    file = place / "station" / FILE
    text = file.read_text().replace('url = "http://127.0.0.1:8000"', f'url = "https://{NAME}"')
    assert NAME in text
    file.write_text(text + '\n[operation]\nproxies = ["127.0.0.1"]\n\n[limits]\nsign_ins_per_hour = 5\n')
    shown = certificate(place, "mail", name_of_host=NAME)
    with served(place / "station", "--workers", "2", journal=place / "journal") as station:
        tls, plain = free(), free()
        _configured(place, shown.chain, station.address.rpartition(":")[2], tls, plain)
        process = subprocess.Popen([NGINX, "-p", str(place), "-c", str(place / "nginx.conf"), "-g", "daemon off;"])
        try:
            _wait(tls, process)
            trusted = ssl.create_default_context(cafile=shown.authority)
            trusted.check_hostname = False  # the address stands in for the name; who signed it is checked
            yield Fronted(station=station, tls=tls, plain=plain, trusted=trusted, token=token)
        finally:
            process.terminate()
            process.wait(20)


def _configured(place: Path, chain: Path, port: str, tls: int, plain: int) -> None:
    """The example with its addresses, files and waits changed, in a frame that nginx needs as nobody's user."""
    text = (EXAMPLES / "nginx.conf").read_text()
    version = subprocess.run([str(NGINX), "-v"], capture_output=True, text=True).stderr
    if tuple(map(int, re.findall(r"\d+", version)[:3])) < (1, 25, 1):  # before, it was a word of `listen`
        text = text.replace("    http2 on;\n", "").replace(" ssl;", " ssl http2;")
    changes = {
        "listen [::]:80;": "", "listen [::]:443 ssl;": "", "listen [::]:443 ssl http2;": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{tls} ssl", "/etc/ssl/quality.example.pem": str(chain),
        "/etc/ssl/quality.example.key": str(chain), "127.0.0.1:8000": f"127.0.0.1:{port}", "_timeout 15s": "_timeout 2s",
    }  # fmt: skip
    for old, new in changes.items():
        text = text.replace(old, new)
    folders = "".join(f"{name}_temp_path {place}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    frame = f"pid {place}/pid;\nerror_log {place}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{folders}{text}\n}}\n"
    (place / "nginx.conf").write_text(frame)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "nginx did not start"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not listen")


def test_people_sign_in_and_seal_behind_nginx_over_tls(fronted):
    with fronted.client() as browser:
        answer = browser.post("/sign-in", data={"login": "laboratory", "password": "seven wild geese over water", "next": ""})
        assert (answer.status_code, answer.headers["location"]) == (303, "/home")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-openqi=")
        for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
            assert part in cookie
        session = {"cookie": cookie.partition(";")[0]}
        browser.headers.update(session)
        form = fields(browser, "https://maker.example/item/1")
        sealed = browser.post("/do/conformity.result-reported.1", data=form)
        assert sealed.status_code == 303, sealed.text
        assert "/sealed/" in sealed.headers["location"]
        assert browser.get(sealed.headers["location"]).status_code == 200
    with fronted.client(authorization=f"Bearer {fronted.token}") as program:
        assert program.get("/api/me").json()["party"] == LABORATORY


def test_every_answer_says_once_that_tls_is_wanted_and_what_is_the_operators_is_not_there(fronted):
    with fronted.client() as client:
        for path in ("/", "/sign-in", "/api/log", "/nowhere", "/-/ready", "/-/metrics"):
            answer = client.get(path)
            assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000; includeSubDomains"], path
            assert "nginx/" not in answer.headers.get("server", "")
        assert client.get("/-/ready").status_code == 404
        assert client.get("/-/metrics").status_code == 404


def test_without_tls_a_page_is_led_on_and_a_program_is_refused(fronted):
    with httpx.Client(base_url=f"http://127.0.0.1:{fronted.plain}", headers={"host": NAME}) as client:
        page = client.get("/log?lang=zh")
        assert (page.status_code, page.headers["location"]) == (308, f"https://{NAME}/log?lang=zh")
        assert client.get("/api/me", headers={"authorization": "Bearer oqi_x"}).status_code == 403


def test_what_a_visitor_claims_about_their_address_is_thrown_away(fronted):
    """Five failures from one address, each claiming another, are five failures of one address."""
    with fronted.client() as client:
        statuses = []
        for number in range(7):
            claimed = {"x-forwarded-for": f"10.0.0.{number}", "forwarded": f"for=10.0.0.{number}", "x-real-ip": "10.9.9.9"}
            answer = client.post("/sign-in", data={"login": f"nobody{number}", "password": "x" * 12, "next": ""}, headers=claimed)
            statuses.append(answer.status_code)
    assert statuses[-1] == 429, statuses
    assert statuses.count(400) == 5


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_of_tls_are_not_spoken(fronted, version):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", fronted.tls)) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname=NAME)


SLOW_HEAD = b"GET / HTTP/1.1\r\nhost: quality.example\r\nx-slow: "
SLOW_BODY = b"POST /sign-in HTTP/1.1\r\nhost: quality.example\r\ncontent-length: 900\r\n\r\na"


@pytest.mark.parametrize("begun", [SLOW_HEAD, SLOW_BODY])
def test_whoever_sends_slowly_is_let_go_by_nginx(fronted, begun):
    with fronted.connected() as visitor:
        visitor.sendall(begun)
        answer = visitor.recv(4096)  # when it is let go; after 20 seconds nothing more is waited for
        assert answer == b"" or b" 408 " in answer.partition(b"\r\n")[0] + b" "


def test_two_lengths_or_two_hosts_are_refused_and_not_passed_on(fronted):
    """What nginx and the station could read differently."""
    smuggled = (
        b"POST /sign-in HTTP/1.1\r\nhost: quality.example\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /",
        b"POST /sign-in HTTP/1.1\r\nhost: quality.example\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        b"GET / HTTP/1.1\r\nhost: quality.example\r\nhost: elsewhere.example\r\n\r\n",
    )
    for request in smuggled:
        with fronted.connected() as visitor:
            visitor.sendall(request)
            assert b" 400 " in visitor.recv(4096).partition(b"\r\n")[0] + b" "


def test_the_station_itself_refuses_a_request_of_two_lengths(fronted):
    port = int(fronted.station.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as visitor:
        visitor.settimeout(20)
        visitor.sendall(b"POST /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef")
        assert b" 400 " in visitor.recv(4096).partition(b"\r\n")[0] + b" "


def test_the_unit_of_systemd_is_one_that_systemd_takes(tmp_path):
    program = shutil.which("systemd-analyze")
    text = (EXAMPLES / "openqi.service").read_text()
    units = configparser.ConfigParser(strict=False, interpolation=None)
    units.optionxform = str  # type: ignore[assignment,method-assign]
    units.read_string(text)
    assert units["Service"]["ExecStart"].split()[1:3] == ["serve", "/var/lib/openqi/station"]
    if program is None:
        pytest.skip("systemd-analyze is not installed; the unit was only read")
    # The program of the example is nowhere on this machine: another one stands in, so that everything else is looked at.
    unit = tmp_path / "openqi.service"
    unit.write_text(text.replace("/opt/openqi/bin/openqi", "/bin/true"))
    done = subprocess.run([program, "verify", "--man=no", str(unit)], capture_output=True, text=True)
    about = [line for line in done.stderr.splitlines() if "openqi.service" in line]
    assert about == [], done.stderr
    rated = subprocess.run([program, "security", "--offline=true", "--threshold=20", str(unit)], capture_output=True, text=True)
    if "Unknown" not in rated.stderr and "unrecognized" not in rated.stderr:
        assert rated.returncode == 0, rated.stdout[-1500:]


def test_the_containerfile_names_what_there_is():
    """No container is built here: that needs images from elsewhere. What it runs is looked at."""
    text = (EXAMPLES / "Containerfile").read_text()
    entry = json.loads(re.search(r"^ENTRYPOINT (\[.+\])$", text, re.MULTILINE)[1])
    assert entry[:3] == ["openqi", "serve", "/station"]
    program = "from openqi.interfaces.cli.main import main; main()"
    told = subprocess.run([sys.executable, "-c", program, "serve", "--help"], capture_output=True, text=True, check=True).stdout
    assert [part for part in entry if part.startswith("--") and part not in told] == []
    assert re.search(r"^USER 10001$", text, re.MULTILINE), "nobody runs it as root"
