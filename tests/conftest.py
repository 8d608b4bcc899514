"""Settings for all tests: examples that hypothesis makes may take as long as a loaded machine needs; a PostgreSQL server."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

import postgres_server

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
