"""A session of a store whose objects lie in a bucket, in a process that may be killed at one of its requests.

python bucket_session.py FOLDER     tells on the standard output what it was promised, a line each
"""

import sys
from pathlib import Path

from acts import PipedPromises, act


def main() -> None:
    failures = act(Path(sys.argv[1]), PipedPromises(1), lambda: None)
    assert failures == [], failures


if __name__ == "__main__":
    main()
