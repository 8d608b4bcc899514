"""A list out of buffers is the list of its objects; labels that nobody has are gone, and what is no list is refused."""

import numpy as np
import pytest

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.columns import Coded, Columns, frame_of_columns
from openqi.science.draws.commitment import committed
from openqi.science.draws.frame import Candidate, Exclusion, frame_of


def columns(**changed):
    whole = {
        "text": b"f1f2f3", "offsets": np.array([0, 2, 4, 6], dtype=np.int64),
        "stratum": Coded(labels=["z", "unused", "a"], codes=np.array([0, 2, 0], dtype=np.int32)),
        "risk_class": Coded(labels=["B", "A"], codes=np.array([1, 0, 1], dtype=np.int32)),
        "size": np.array([5, 0, 7], dtype=np.int64).tobytes(),
    }  # fmt: skip
    return Columns(**(whole | changed))


def test_columns_are_the_list_of_their_objects():
    objects = [
        Candidate(name=name, stratum=stratum, risk_class=risk_class, size=size)
        for name, stratum, risk_class, size in (("f1", "z", "A", 5), ("f2", "a", "B", 0), ("f3", "z", "A", 7))
    ]
    out = (Exclusion(name="g", reason="closed"),)
    found = frame_of_columns(columns(), out)
    assert found.strata == ("a", "z")
    assert committed(found).root == committed(frame_of(objects)).root
    plain = frame_of_columns(columns(stratum=None, risk_class=None, size=None))
    assert committed(plain).root == committed(frame_of([Candidate(name=name) for name in ("f1", "f2", "f3")])).root


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"stratum": Coded(labels=["a"], codes=np.array([0, 1, 0], dtype=np.int32))}, "one of the labels"),
        ({"stratum": Coded(labels=["a"], codes=np.array([0, 0], dtype=np.int32))}, "one stratum"),
        ({"stratum": Coded(labels=["a", "a"], codes=np.array([0, 1, 0], dtype=np.int32))}, "twice"),
        ({"stratum": Coded(labels=["a", "Ａ"], codes=np.array([0, 1, 0], dtype=np.int32))}, "read as one stratum"),
        ({"risk_class": Coded(labels=["a\tb"], codes=np.array([0, 0, 0], dtype=np.int32))}, "without tabulators"),
        ({"size": np.array([1, 2], dtype=np.int64)}, "size"),
        ({"text": b"f1f2f1"}, "twice"),
        ({"text": b"", "offsets": np.zeros(1, dtype=np.int64), "stratum": None, "risk_class": None, "size": None}, "nobody"),
    ],
)
def test_columns_that_are_no_list_are_refused(changed, told):
    with pytest.raises((DomainError, RefusedError), match=told):
        frame_of_columns(columns(**changed))


def test_nobody_is_on_the_list_and_left_out():
    with pytest.raises(RefusedError, match="excluded"):
        frame_of_columns(columns(), (Exclusion(name="F2", reason="closed"),))
