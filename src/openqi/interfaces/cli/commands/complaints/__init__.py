"""The commands of `openqi complaint`."""
