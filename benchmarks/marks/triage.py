"""Triage of complaint texts on texts that took no part in learning: accuracy, probabilities, promise, "do not know", speed.

Each fifth of a file, by SHA-256 of its plain text, is held out once and told by a model of the other four. The peer, where
scikit-learn is installed, has the same texts, runs of one to three characters, TF-IDF and a linear support vector machine.
"""

import csv
import os
from collections import Counter
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from openqi.science.triage.fitting import Asked, fit
from openqi.science.triage.grams import plain_text
from openqi.science.triage.hazards.finding import hazard_in
from openqi.science.triage.measures import Worth, macro_f1, worth_of
from openqi.science.triage.model import Model
from openqi.science.triage.weighing import rows_of

HELD_OUT = 5
DATA = Path(os.environ.get("OPENQI_SHARED", "../shared")) / "data" / "surveillance"
TASKS = (
    ("category of reviews", "cn_reviews_10cat_a.csv", ("review",), "cat", 0.5),
    ("sentiment of reviews", "cn_reviews_10cat_a.csv", ("review",), "label", 0.5),
    ("topic of car posts", "cn_car_opinions_a.csv", ("content",), "subject", 0.5),
    ("petitions", "cn_petitions_a.csv", ("text_title", "text_body"), "label", 2.0),
)
ELSEWHERE = (
    ("narratives in English", "us_neiss_fireworks_narratives.csv", ("Narrative",)),
    ("petitions", "cn_petitions_a.csv", ("text_title", "text_body")),
    ("car posts", "cn_car_opinions_a.csv", ("content",)),
    ("reviews of takeaways", "cn_takeaway_reviews.csv", ("review",)),
)


def rows(name: str, texts: tuple[str, ...], label: str | None = None) -> list[tuple[str, str]]:
    """Return the texts of a file with their labels; rows without text are left out, longer ones cut to what is read."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        found = [(" ".join(row[one] for one in texts)[:10_000], row[label] if label else "") for row in csv.DictReader(file)]
    return [one for one in found if one[0].strip()]


def part_of(text: str) -> int:
    """Return which fifth a text is in; the folds of a fit are cut otherwise."""
    return sha256(plain_text(text).encode()).digest()[0] % HELD_OUT


def run() -> None:
    """Print everything that is measured; where the data are absent, that."""
    if not DATA.exists():
        print(f"{DATA} is absent: set OPENQI_SHARED")
        return
    for name, file, texts, label, cost in TASKS:
        told = rows(file, texts, label)
        print(f"{name}: {len(told):,} texts, each fifth held out once, cost {cost}")
        model = judge(told, cost)
        peer(told, cost)
        if label == "cat":
            elsewhere(model)
    hazards()


def judge(told: list[tuple[str, str]], cost: float) -> Model:
    """Print what models are worth on the fifth that each has not seen, and how fast they are; return the last."""
    names = sorted({name for _, name in told})
    label = np.array([names.index(name) for _, name in told])
    part = np.array([part_of(text) for text, _ in told])
    shares, answered, right, fitting, saying = np.zeros((len(told), len(names))), 0, 0, 0.0, 0.0
    for one in range(HELD_OUT):
        held, rest = np.flatnonzero(part == one), np.flatnonzero(part != one)
        begin = perf_counter()
        model = fit([told[at][0] for at in rest], [told[at][1] for at in rest], Asked(cost=cost)).model
        between = perf_counter()
        began = process_time()
        said = list(model.suggestions(texts := [told[at][0] for at in held]))
        saying += process_time() - began
        fitting += between - begin
        shares[held] = model.calibration.probabilities(model.margins(rows_of(texts, model.vocabulary)))
        answered += len([1 for each in said if each.label])
        right += len([1 for each, at in zip(said, held, strict=True) if each.label == told[at][1]])
    show(worth_of(shares, label), "ours")
    print(
        f"  answered {answered / len(told):.1%}, right of those {right / max(answered, 1):.2%} (promised {model.promise.right:.0%})"
    )
    print(f"  a fit {fitting / HELD_OUT:.1f} s; {len(told) / saying:,.0f} texts/s on one core (wanted: 5,000)")
    return model


def show(worth: Worth, who: str) -> None:
    """Print scores with their intervals."""
    print(
        f"  {who}: accuracy {worth.right / worth.texts:.4f} [{worth.accuracy.lower:.4f}, {worth.accuracy.upper:.4f}], "
        f"macro F1 {worth.macro_f1:.4f}"
    )
    for name, one in (("Brier", worth.brier), ("log score", worth.logarithmic)):
        limits = "" if one.interval is None else f" [{one.interval.lower:.4f}, {one.interval.upper:.4f}]"
        print(f"  {name} {one.value:.4f}{limits}")
    print(f"  ECE {worth.reliability.error:.4f}, by chance alone {worth.reliability.error_by_chance:.4f}")
    bins = [f"{one.said:.3f}/{one.found.value:.3f}" for one in worth.reliability.bins]
    print(f"  said/found by tenths of the texts: {' '.join(bins)}")


def peer(told: list[tuple[str, str]], cost: float) -> None:
    """Print what scikit-learn does with the same texts and fifths."""
    if find_spec("sklearn") is None:
        print("  scikit-learn is not installed: no peer")
        return
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    names, fitting, saying = sorted({name for _, name in told}), 0.0, 0.0
    said = np.zeros(len(told), dtype=np.int64)
    part = np.array([part_of(text) for text, _ in told])
    for one in range(HELD_OUT):
        held, rest = np.flatnonzero(part == one), np.flatnonzero(part != one)
        vectors: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
        begin = perf_counter()
        lines = LinearSVC(C=cost).fit(vectors.fit_transform([told[at][0] for at in rest]), [told[at][1] for at in rest])
        fitting += perf_counter() - begin
        began = process_time()
        said[held] = [names.index(each) for each in lines.predict(vectors.transform([told[at][0] for at in held])).tolist()]
        saying += process_time() - began
    label = np.array([names.index(name) for _, name in told])
    print(
        f"  peer scikit-learn: accuracy {np.count_nonzero(said == label) / len(told):.4f}, "
        f"macro F1 {macro_f1(said, label, len(names)):.4f}; a fit {fitting / HELD_OUT:.1f} s, {len(told) / saying:,.0f} texts/s"
    )


def elsewhere(model: Model) -> None:
    """Print how often a model of goods answers what is none of its business."""
    random = np.random.default_rng(1)
    own = [one for one, _ in rows(*TASKS[0][1:3])]
    characters = [*"".join(own[:2000])]
    foreign = {name: [one for one, _ in rows(file, texts)][:3000] for name, file, texts in ELSEWHERE}
    foreign["characters at random"] = ["".join(chr(one) for one in random.integers(0x4E00, 0x9FA5, 30)) for _ in range(500)]
    foreign["characters of reviews, shuffled"] = ["".join(random.choice(characters, 30)) for _ in range(500)]
    foreign["empty"] = ["", "   ", "???"]
    for name, texts in foreign.items():
        counts = Counter(one.why or "answered" for one in model.suggestions(texts))
        print(f"  {name}: " + ", ".join(f"{why} {count / len(texts):.1%}" for why, count in sorted(counts.items())))


def hazards() -> None:
    """Print how fast hazards are looked for."""
    texts = [one for one, _ in rows(*TASKS[0][1:3])]
    hazard_in(texts[0])
    begin = process_time()
    levels = Counter(hazard_in(one).level for one in texts)
    print(f"hazards: {len(texts) / (process_time() - begin):,.0f} texts/s; of reviews {dict(levels)}")


if __name__ == "__main__":
    run()
