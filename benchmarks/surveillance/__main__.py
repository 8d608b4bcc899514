"""`python -m benchmarks.surveillance [PART ...]`: every part of market surveillance beside its limits and peers, in one run."""

import sys

import benchmarks.surveillance as folder
from benchmarks.measure import measured_parts

if __name__ == "__main__":
    measured_parts(folder, "market surveillance", sys.argv[1:])
