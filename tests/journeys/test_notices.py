"""A story of notices and remarks on the pages: settings, webhooks, comments, files that no browser runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from asgi_client import Client
from openqi.interfaces.web.server import station_application
from station_world import PASSWORD, URL, csrf_of, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}
SUBJECT = "https://maker.example/lot/7"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = tmp_path_factory.mktemp("notices") / "station"
    world(folder).station.close()
    with Client(station_application(folder), base_url=URL, headers=FORM) as asking:
        asking.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": ""})
        yield asking


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_notices_is_told_in_both_languages(client, language):
    page = client.get(f"/notices?lang={language}")
    assert page.status_code == 200
    assert ("每天汇总一封邮件" if language == "zh" else "One letter a day") in page.text


def test_a_choice_is_kept_and_a_wrong_address_is_told_on_the_page(client):
    csrf = csrf_of(client.get("/notices").text)
    client.post("/notices", data={"what": "way", "way": "none", "csrf": csrf})
    assert '<option value="none" selected>' in client.get("/notices").text
    wrong = client.post("/notices", data={"what": "address", "address": "nowhere", "csrf": csrf})
    assert wrong.status_code == 400
    assert "no address of e-mail" in wrong.text


@pytest.mark.parametrize(
    "url", ["http://example.org/", "https://127.0.0.1/", "https://169.254.169.254/latest", "file:///etc/passwd"]
)
def test_a_webhook_into_this_network_is_refused(client, url):
    csrf = csrf_of(client.get("/notices").text)
    page = client.post("/notices", data={"what": "hook", "url": url, "csrf": csrf})
    assert page.status_code == 400
    assert "whsec_" not in page.text


def test_a_secret_is_told_once(tmp_path):
    folder = tmp_path / "station"
    world(folder).station.close()
    with (folder / "station.toml").open("a") as file:
        file.write("\n[webhooks]\nlocal = true\n")
    hook = "http://127.0.0.1:9/hook"  # where nothing listens
    with Client(station_application(folder), base_url=URL, headers=FORM) as client:
        client.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": ""})
        csrf = csrf_of(client.get("/notices").text)
        page = client.post("/notices", data={"what": "hook", "url": hook, "csrf": csrf})
        assert page.status_code == 200
        assert "whsec_" in page.text
        later = client.get("/notices").text
        assert hook in later
        assert "whsec_" not in later
        name = re.search(r'name="what" value="end"><input type="hidden" name="name" value="([^"]+)"', later)
        assert name is not None
        client.post("/notices", data={"what": "end", "name": name[1], "csrf": csrf})
        assert "Send again" in client.get("/notices").text


def test_a_comment_and_a_file_are_laid_to_a_subject_and_the_file_is_never_shown_by_the_browser(client):
    where = f"/talk?about={SUBJECT}"
    csrf = csrf_of(client.get(where).text)
    client.post("/talk", data={"what": "comment", "about": SUBJECT, "text": "<script>x</script>", "csrf": csrf})
    assert "&lt;script&gt;" in client.get(where).text
    told = {"what": "attach", "about": SUBJECT, "csrf": csrf}
    client.post("/talk", data=told, files={"file": ("报告.pdf", b"%PDF-1.7\n", "text/html")})
    link = re.search(r"/attachment/[A-Za-z0-9_-]+", client.get(where).text)
    assert link is not None
    file = client.get(link[0])
    assert file.content == b"%PDF-1.7\n"
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in file.headers["content-security-policy"]
    assert file.headers["x-content-type-options"] == "nosniff"
    refused = client.post("/talk", data=told, files={"file": ("a.svg", b"<svg/>", "image/svg+xml")})
    assert refused.status_code == 400
    assert "not taken" in refused.text


def test_who_has_not_signed_in_sees_neither(client):
    client.post("/sign-out", data={"csrf": csrf_of(client.get("/notices").text)})
    for path in ("/notices", f"/talk?about={SUBJECT}", "/attachment/abc"):
        assert client.get(path).url.path == "/sign-in"
