"""Settings for all tests: examples that hypothesis makes may take as long as a loaded machine needs; servers of the tests' own."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

import postgres_server
import s3_server

settings.register_profile("project", deadline=None)
settings.load_profile("project")


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
