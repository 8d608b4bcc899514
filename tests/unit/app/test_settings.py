"""Settings of OpenID providers: what a station starts with, and what is refused with words that name the setting."""

from pathlib import Path

import pytest

from openqi.app.people.openid.discovery import providers
from openqi.app.settings import FILE, Settings, read_settings
from openqi.kernel.errors import FormatError, NotFoundError
from station_world import Clock

GOOD = {
    "issuer": '"https://login.example"', "client_id": '"station"', "name": '{en = "Campus"}',
    "client_secret_file": '"openid.secret"',
}  # fmt: skip


def stated(folder: Path, *, short: str = "campus", also: str = "", **changed: str | None) -> Settings:
    cells = {key: text for key, text in (GOOD | changed).items() if text is not None}
    text = "\n".join([f"[openid.{short}]", *(f"{key} = {value}" for key, value in cells.items()), also])
    (folder / FILE).write_text(f'url = "https://quality.example"\n{text}\n', encoding="utf-8")
    return read_settings(folder)


def test_a_provider_asks_for_nothing_but_who_somebody_is(tmp_path):
    known = stated(tmp_path).openid["campus"]
    assert (known.scopes, known.local) == (("openid",), False)


BAD = [
    ("issuer", {"issuer": '"http://login.example"'}), ("issuer", {"issuer": '"login.example"'}),
    ("issuer", {"issuer": '"https://login.example?a=b"'}), ("issuer", {"issuer": '"https://a@login.example"'}),
    ("issuer", {"issuer": '"https://login.example#a"'}), ("issuer", {"issuer": '"https://[x"'}),
    ("issuer", {"issuer": '"https://login.example:x"'}), ("issuer", {"issuer": '""'}),
    ("client_id", {"client_id": '""'}), ("client_secret_env", {"client_secret_file": None}),
    ("client_secret_env", {"client_secret_env": '"SECRET"'}), ("scopes", {"scopes": '["profile"]'}),
    ("scopes", {"scopes": '["openid", "a b"]'}), ("name", {"name": "{}"}), ("client_secret", {"client_secret": '"in the open"'}),
    ("short name", {"short": "Campus"}), ("short name", {"short": '"a/b"'}),
]  # fmt: skip


@pytest.mark.parametrize(("named", "changed"), BAD)
def test_a_provider_that_people_could_not_sign_in_with_is_refused_by_name(tmp_path, named, changed):
    with pytest.raises(FormatError, match=named) as caught:
        stated(tmp_path, **changed)
    assert "in the open" not in str(caught.value), "a secret that was written where it does not belong is not repeated"


def test_http_is_for_a_provider_on_this_machine_alone(tmp_path):
    for host in ("127.0.0.1:4000", "localhost", "[::1]:4000"):
        assert stated(tmp_path, issuer=f'"http://{host}"').openid["campus"].issuer == f"http://{host}"


def test_an_issuer_stands_once_as_people_are_known_by_it(tmp_path):
    also = "\n".join(["[openid.other]", *(f"{key} = {value}" for key, value in GOOD.items())])
    with pytest.raises(FormatError, match="same issuer"):
        stated(tmp_path, also=also)


def test_a_secret_is_read_from_the_first_line_of_its_file_or_from_the_environment(tmp_path, monkeypatch):
    with pytest.raises(NotFoundError, match=r"openid\.secret"):
        _secret_of(tmp_path, stated(tmp_path))
    (tmp_path / "openid.secret").write_text("\nsecond line")
    with pytest.raises(NotFoundError, match=r"openid\.secret is empty"):
        _secret_of(tmp_path, stated(tmp_path))
    (tmp_path / "openid.secret").write_text("of the file\nsecond line")
    assert _secret_of(tmp_path, stated(tmp_path)) == "of the file"
    by_name = stated(tmp_path, client_secret_file=None, client_secret_env='"OPENQI_OF_A_TEST"')
    with pytest.raises(NotFoundError, match="OPENQI_OF_A_TEST"):
        _secret_of(tmp_path, by_name)
    monkeypatch.setenv("OPENQI_OF_A_TEST", "of the environment")
    assert _secret_of(tmp_path, by_name) == "of the environment"


def _secret_of(folder: Path, settings: Settings) -> str:
    return providers(folder, settings.openid, Clock())["campus"]._secret
