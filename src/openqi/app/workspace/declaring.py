"""What every entry of `openqi.yaml` is: members by name, and none that nobody knows."""

import msgspec


class Declared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry. Names of other entries are texts; files are paths inside of the workspace."""
