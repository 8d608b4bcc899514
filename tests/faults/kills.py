"""Kills processes that append, publish and keep blobs, at random moments, and checks the folder after each kill.

python kills.py FOLDER KILLS SEED     prints {"kills": …, "acknowledged": …, "opening": kills before anything was acknowledged}
"""

import json
import random
import sys
import time
from pathlib import Path

from acts import PipedPromises, append, batch, check, founded, open_store, start

ROUNDS_A_FOLDER = 20


def main() -> None:
    base, kills, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    done = acknowledged = opening = 0
    while done < kills:
        if done % ROUNDS_A_FOLDER == 0:
            folder = base / f"folder{done}"
            promises = founded(folder, chance.choice((1, 250, 255)))
        writers = [start(writer(folder, 2 * done + n + 1, chance.random())) for n in range(1 + done % 2)]
        for child in writers:  # of two writers the second goes on while the first is dead
            if chance.random() < 0.7:  # the others are mostly killed while they open
                child.has_acknowledged()
            time.sleep(chance.uniform(0, 0.03))
            child.kill()
        before = len(promises.indices)
        for child in writers:
            promises.take(child.end()[1])
        acknowledged += len(promises.indices) - before
        opening += len(promises.indices) == before
        check(folder, promises, signatures=done % ROUNDS_A_FOLDER == ROUNDS_A_FOLDER - 1 or done == kills - 1)
        done += 1
    print(json.dumps({"kills": done, "acknowledged": acknowledged, "opening": opening}))


def writer(folder: Path, number: int, seed: float):  # type: ignore[no-untyped-def]
    """Return what a writer does until it is killed: mostly appends, of sizes that cross tiles, and now and then the rest."""

    def write(promises: PipedPromises) -> None:
        chance = random.Random(seed)
        store = open_store(folder)
        for turn in range(10_000):
            records = batch(10_000 * number + turn, chance.choice((1, 1, 1, 2, 5, 40)))
            promises.note(records=records, indices=append(store, records), note=store.checkpoint())
            if chance.random() < 0.3:
                store.publish()
            if chance.random() < 0.1:
                promises.note(blob=store.put_blob(b"%d" % turn * chance.randrange(1, 10_000)))

    return write


if __name__ == "__main__":
    main()
