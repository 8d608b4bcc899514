"""`python -m benchmarks.control [PART ...]`: every part of process control beside its limits and peers, in one run."""

import sys

import benchmarks.control as folder
from benchmarks.measure import measured_parts

if __name__ == "__main__":
    measured_parts(folder, "process control", sys.argv[1:])
