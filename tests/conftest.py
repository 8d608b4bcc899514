"""Settings for all tests: examples may take as long as they need, passphrases are stretched once; servers of the tests' own."""

import gc
import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

import postgres_server
import s3_server
from openqi.app.people import custody
from openqi.evidence import keyfile
from stretching import Remembered

# Dozens of processes are started, and where the environment forbids to keep what was compiled, each compiles all of it anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("project", deadline=None)
settings.register_profile("thorough", deadline=None)
settings.load_profile("project")


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: no collection of garbage looks at thousands of tests again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def stretched_once() -> Iterator[None]:
    """Key files and the custody of keys cost what they cost, but the same passphrase with the same salt costs it once a process."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (keyfile, custody):
            patch.setattr(module, "Scrypt", Remembered)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """A server of this process's own."""
    reason = postgres_server.missing()
    if reason is not None:
        pytest.skip(reason)
    server = postgres_server.Server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3_server.Server]:
    """An S3 server of this process's own."""
    server = s3_server.Server(tmp_path_factory.mktemp("s3"))
    yield server
    server.stop()


@pytest.fixture
def proxy(s3: s3_server.Server) -> Iterator[s3_server.Proxy]:
    """A proxy before that server, which fails as it is told."""
    made = s3_server.Proxy(s3)
    yield made
    made.stop()
