"""Public lists of recalls to rows: Safety Gate, CPSC, NHTSA, FDA, USDA-FSIS. Bytes in, rows and faults out; no file is opened."""
