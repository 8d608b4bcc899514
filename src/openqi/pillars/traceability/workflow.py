"""What traceability may decide: nothing yet; events are stated by who observed them."""

from collections.abc import Mapping
from typing import Any

WORKFLOW: Mapping[Any, Any] = {}
