"""Triage of complaint texts on texts that took no part in learning: accuracy, probabilities, promise, "do not know", speed.

A fifth of each file, by SHA-256 of its plain text, is never learned from; small files are held out in turn instead. The peer, where
scikit-learn is installed, has the same texts, runs of one to three characters, TF-IDF and a linear support vector machine.
"""

import csv
import os
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from openqi.science.triage.fitting import Asked, Fitted, fit, fold_of
from openqi.science.triage.hazards.finding import hazard_in
from openqi.science.triage.measures import Worth, macro_f1, worth_of
from openqi.science.triage.model import Model
from openqi.science.triage.weighing import rows_of

HELD_OUT = 5
DATA = Path(os.environ.get("OPENQI_SHARED", "../shared")) / "data" / "surveillance"
TASKS = (
    ("category of reviews", "cn_reviews_10cat_a.csv", ("review",), "cat"),
    ("sentiment of reviews", "cn_reviews_10cat_a.csv", ("review",), "label"),
    ("topic of car posts", "cn_car_opinions_a.csv", ("content",), "subject"),
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


def run() -> None:
    """Print everything that is measured; where the data are absent, that."""
    if not DATA.exists():
        print(f"{DATA} is absent: set OPENQI_SHARED")
        return
    for number, (name, file, texts, label) in enumerate(TASKS):
        told = rows(file, texts, label)
        learned = [one for one in told if fold_of(one[0], HELD_OUT)]
        held = [one for one in told if not fold_of(one[0], HELD_OUT)]
        print(f"{name}: {len(learned):,} learned from, {len(held):,} held out")
        begin = perf_counter()
        fitted = fit([one for one, _ in learned], [one for _, one in learned], Asked())
        print(f"  fit {perf_counter() - begin:.1f} s, {len(fitted.model.vocabulary):,} runs, gap {fitted.gap:.1e}")
        judge(fitted, held)
        peer(learned, held)
        if not number:
            elsewhere(fitted.model)
    petitions()
    hazards()


def judge(fitted: Fitted, held: list[tuple[str, str]]) -> None:
    """Print what a model is worth on texts held out, and how fast it is."""
    model, texts = fitted.model, [one for one, _ in held]
    label = np.array([model.labels.index(one) for _, one in held])
    begin = process_time()
    said = list(model.suggestions(texts))
    seconds = process_time() - begin
    shares = model.calibration.probabilities(model.margins(rows_of(texts, model.vocabulary)))
    show(worth_of(shares, label), "ours")
    given = [(one.label, wanted) for one, (_, wanted) in zip(said, held, strict=True) if one.label is not None]
    right = len([1 for one, wanted in given if one == wanted])
    promise = model.promise.right
    print(f"  answered {len(given) / len(held):.1%}, right of those {right / max(len(given), 1):.2%} (promised {promise:.0%})")
    print(f"  {len(texts) / seconds:,.0f} texts/s on one core (wanted: 5,000)")


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


def peer(learned: list[tuple[str, str]], held: list[tuple[str, str]], cost: float = 0.5) -> None:
    """Print what scikit-learn does with the same texts."""
    if find_spec("sklearn") is None:
        print("  scikit-learn is not installed: no peer")
        return
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    vectors: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    begin = perf_counter()
    lines = LinearSVC(C=cost).fit(vectors.fit_transform([one for one, _ in learned]), [one for _, one in learned])
    between = perf_counter()
    found = lines.predict(vectors.transform([one for one, _ in held])).tolist()
    end = perf_counter()
    names = sorted({one for _, one in (*learned, *held)})
    said, label = (np.array([names.index(one) for one in column]) for column in (found, [one for _, one in held]))
    print(
        f"  peer scikit-learn: accuracy {np.count_nonzero(said == label) / len(held):.4f}, "
        f"macro F1 {macro_f1(said, label, len(names)):.4f}; fit {between - begin:.1f} s, {len(held) / (end - between):,.0f} texts/s"
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


def petitions() -> None:
    """Print figures of petitions, so few that each fifth is held out once."""
    told = rows("cn_petitions_a.csv", ("text_title", "text_body"), "label")
    for cost in (0.5, 2.0):
        fitted = fit([one for one, _ in told], [one for _, one in told], Asked(cost=cost))
        print(f"petitions: {len(told)} texts, each held out once, cost {cost}")
        show(fitted.worth, "ours")
        threshold = fitted.model.threshold
        print(f"  answered {threshold.given}, right of those {threshold.right}")
    if find_spec("sklearn") is not None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        right = 0
        for one in range(HELD_OUT):
            learned = [each for each in told if fold_of(each[0], HELD_OUT) != one]
            held = [each for each in told if fold_of(each[0], HELD_OUT) == one]
            vectors: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
            lines = LinearSVC(C=2.0).fit(vectors.fit_transform([each for each, _ in learned]), [each for _, each in learned])
            said = lines.predict(vectors.transform([each for each, _ in held])).tolist()
            right += len([1 for each, (_, wanted) in zip(said, held, strict=True) if each == wanted])
        print(f"  peer scikit-learn, the same fifths, C = 2: accuracy {right / len(told):.4f}")


def hazards() -> None:
    """Print how fast hazards are looked for."""
    texts = [one for one, _ in rows(*TASKS[0][1:3])]
    hazard_in(texts[0])
    begin = process_time()
    levels = Counter(hazard_in(one).level for one in texts)
    print(f"hazards: {len(texts) / (process_time() - begin):,.0f} texts/s; of reviews {dict(levels)}")


if __name__ == "__main__":
    run()
