"""Building again, twice at once, interrupted, and after changes of parties, keys and roles: what is kept and what is stated anew."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mistakes import PAPER, READINGS, YAML, put
from openqi.app.files import new_key
from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import Built, build, ledger_path
from openqi.evidence import keyfile
from openqi.kernel.errors import ConflictError, FormatError
