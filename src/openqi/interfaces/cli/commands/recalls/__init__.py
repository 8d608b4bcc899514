"""What the parts of `openqi recall` do: publish and follow a recall, take lists in, find, check a notice, show the curve."""
