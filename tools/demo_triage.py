"""`python -m tools.demo_triage`: writes the model of matters of the example station, learned from sentences of our own alone."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "openqi" / "app" / "station" / "demo_triage.json"


def demo_model() -> bytes:
    """Return the document of the model."""
    sys.path.insert(0, str(ROOT / "tests"))
    from openqi.science.triage.answering import Promise
    from openqi.science.triage.document import document_bytes
    from openqi.science.triage.fitting import Asked, fit
    from triage_texts import complaints

    texts, labels = zip(*complaints(), strict=True)
    return document_bytes(fit(texts, labels, Asked(runs=800, promise=Promise(right=0.9, confidence=0.9))))


if __name__ == "__main__":
    TARGET.write_bytes(demo_model())
