"""A folder of inputs that `openqi build` turns into evidence: what it declares, how it is read, and how it is built."""
