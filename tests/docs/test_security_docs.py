"""The page about security says what the program does: tables, limits, files, words, algorithms, connections, events."""

import inspect
import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import msgspec
import pytest

import openqi.app.people.custody as custody
import openqi.app.people.passwords as passwords
from openqi.app.acts.sealing.papers import MOST as PAPERS
from openqi.app.people.passwords import CONTEXT, check_password
from openqi.app.people.sessions import _SECRET
from openqi.app.settings import Limits, Settings
from openqi.app.work.remarks.contents import _UNPACKED, ALLOWED
from openqi.app.work.remarks.remarks import MOST
from openqi.formats.table import DEFAULTS
from openqi.interfaces.web.station.gate import PAUSE, WHOLE
from openqi.interfaces.web.strict_forms import FIELDS
from openqi.kernel.errors import RefusedError
from openqi.store.desk.tables import desk_tables

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "openqi"
TEXTS = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("security.md", "security.zh.md")}
CLASSES = {
    "security.md": {"secret", "personal", "confidential", "internal", "public"},
    "security.zh.md": {"秘密", "个人", "保密", "内部", "公开"},
}
both = pytest.mark.parametrize("page", TEXTS)


@both
def test_every_table_of_the_desk_is_listed_with_its_class(page):
    rows = re.findall(r"^\| (`\w+`.*?) \| (\S+) \| (.+) \|$", TEXTS[page], re.MULTILINE)
    listed = {name: kind for names, kind, _ in rows for name in re.findall(r"`(\w+)`", names) if kind in CLASSES[page]}
    assert set(listed) == {table.name for table in desk_tables()}


@both
def test_the_limits_that_are_told_are_those_of_the_program(page):
    limits, text = Limits(), TEXTS[page]
    for name in Limits.__struct_fields__:
        row = re.search(rf"^\| .+ \| (.+) \| `limits\.{name}` \|$", text, re.MULTILINE)
        assert row is not None, name
        assert str(getattr(limits, name)) in row[1], name
    assert DEFAULTS.max_unpacked == _UNPACKED
    for number in (FIELDS, _UNPACKED, round(PAUSE), round(WHOLE), PAPERS["draft"], MOST):
        assert re.search(rf"\b{number}\b|{number}", text), number


@both
def test_the_kinds_of_files_that_are_told_are_those_that_are_taken(page):
    line = next(line for line in TEXTS[page].splitlines() if "`docx`" in line)
    assert set(re.findall(r"`(\w+)`", line.partition("`docx`")[0] + "`docx`")) == set(ALLOWED)


@both
def test_words_of_the_context_are_told_and_refused_as_passwords(page):
    for word in CONTEXT:
        assert f"`{word}`" in TEXTS[page], word
        padded = word + "1" * max(0, passwords.LEAST - len(word))
        with pytest.raises(RefusedError):
            check_password(padded, "somebody")


@both
def test_what_the_page_says_of_sessions_is_so(page):
    assert str(_SECRET) in TEXTS[page]
    assert _SECRET * 8 >= 128
    made = inspect.getsource(__import__("openqi.app.people.sessions", fromlist=["Sessions"]).Sessions.start)
    assert "self._chance(_SECRET)" in made
    assert "digest(secret)" in made, "the desk keeps a hash alone"


@both
def test_the_algorithms_that_are_told_are_those_of_the_program(page):
    text = TEXTS[page]
    hasher = passwords._hasher()
    assert f"{hasher.memory_cost} KiB" in text
    assert str(hasher.time_cost) in text
    stretched = inspect.getsource(custody.Custody.__init__)
    assert "n=2**17, r=8" in stretched
    assert "2^17" in text
    assert "r 8" in text
    kinds = {path.stem for path in (SOURCE / "evidence" / "algorithms" / "kinds").glob("[a-z]*.py")}
    assert kinds == {"ed25519", "sm2"}
    assert "Ed25519" in text
    assert "SM2" in text


def test_cryptography_comes_from_known_libraries_alone():
    """No algorithm of our own, and none that is weak."""
    # To verify what others signed: RSA as CMS has it, and SHA-1 where it only names an issuer in an answer about revocation.
    # MD5 only replays what others drew by RFC 3797, which asks for it.
    known = {("algorithms.py", "PKCS1v15"), ("revocation.py", "sha1"), ("rfc3797.py", "md5")}
    weak = re.compile(r"\b(md5|sha1|MD5|SHA1|ECB|PKCS1v15|TripleDES|ARC4|Blowfish|import random|from random)\b")
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.strip().startswith(("#", '"'))]
        found = [word for line in lines for word in weak.findall(line) if (path.name, word) not in known]
        assert found == [], path
    imported = set()
    for path in SOURCE.rglob("*.py"):
        imported |= set(
            re.findall(
                r"^\s*(?:from|import) (cryptography|Crypto|nacl|ecdsa|rsa|pyDes|argon2|bcrypt|tongsuopy)\b", path.read_text(), re.M
            )
        )
    assert imported == {"cryptography", "argon2", "nacl", "tongsuopy"}


@both
def test_every_connection_that_is_told_has_its_setting(page):
    names = {field.name for field in msgspec.structs.fields(Settings)}
    for name in ("mail", "ledger", "desk", "openid", "webhooks"):
        assert name in names
        assert name.removesuffix("s") in TEXTS[page]
    opening = re.compile(r"\b(urlopen|requests\.|httpx\.|create_connection|HTTPS?Connection|smtplib\.SMTP)\b")
    found = {path.name for path in SOURCE.rglob("*.py") if opening.search(path.read_text(encoding="utf-8"))}
    assert found == {"outgoing.py", "letters.py", "workers.py"}


def test_what_is_installed_has_no_tests_and_no_source_control():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert told["build-system"]
    installed = [str(file) for file in distribution("openqi").files or ()]
    assert not [name for name in installed if name.startswith("tests/") or "/.git" in name]


def test_no_script_stores_anything_in_the_browser():
    scripts = [path.read_text(encoding="utf-8") for path in (SOURCE / "interfaces" / "web" / "static").glob("*.js")]
    assert scripts
    for script in scripts:
        assert not re.search(
            r"localStorage|sessionStorage|indexedDB|document\.cookie|innerHTML|__proto__|eval\(|postMessage", script
        )


@both
def test_the_page_says_when_libraries_are_updated(page):
    assert [int(days) for days in re.findall(r"(\d+) (?:days|天)", TEXTS[page].rpartition("## ")[2])] == [7, 30, 90]


def test_every_library_has_its_version_and_hash_in_the_lock_file():
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    for one in lock["package"]:
        files = [*one.get("wheels", ()), *([one["sdist"]] if "sdist" in one else ())]
        assert one.get("version") or one["source"].get("editable"), one["name"]
        assert all("hash" in file for file in files), one["name"]


@both
def test_every_event_of_the_journal_is_listed(page):
    told = set()
    for path in (SOURCE / "app").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        told |= set(re.findall(r'\.note\(connection, [\w.]+, "([^"]+)"', text)) | set(re.findall(r'_tell\("([^"]+)"', text))
    assert len(told) > 10
    assert [event for event in sorted(told) if f"`{event}`" not in TEXTS[page]] == []
