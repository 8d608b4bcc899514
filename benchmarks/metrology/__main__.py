"""`python -m benchmarks.metrology [PART ...]`: every part of metrology beside its limits and peers, in one run."""

import sys

import benchmarks.metrology as folder
from benchmarks.measure import measured_parts

if __name__ == "__main__":
    measured_parts(folder, "metrology", sys.argv[1:])
