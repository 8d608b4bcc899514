"""Settings for all tests: examples that hypothesis makes may take as long as a loaded machine needs."""

from hypothesis import settings

settings.register_profile("project", deadline=None)
settings.load_profile("project")
