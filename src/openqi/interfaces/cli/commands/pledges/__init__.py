"""The sub-commands of `openqi pledge`."""
