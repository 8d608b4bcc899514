"""Any bytes as a model file, and any JSON as a kept evaluation: a finite value, or our own error."""

import json
import re
from contextlib import suppress
from functools import partial
from math import isfinite
from time import thread_time

from clocked import fair
from fuzz.mutate import changed_json, inputs
from openqi.formats.model_file import read_model_file
from openqi.kernel.errors import OpenQIError
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import quantity
from openqi.science.uncertainty.propagation.covariance import covariance_of
from openqi.science.uncertainty.propagation.evaluation import evaluation_of
from openqi.science.uncertainty.propagation.first_order import first_order
from openqi.science.uncertainty.propagation.second_order import second_order

FILES = (
    b"""model: |
  d = a * exp(b) / c
  y = sqrt(d) + ln(a)
output: {name: y}
inputs:
  a: {value: "1.5", standard_uncertainty: "0.1", degrees_of_freedom: "7", id: "urn:a", certificate: "urn:b"}
  b: {value: "0.1", half_width: "0.2", distribution: arcsine}
  c: {value: "2", statement: {absolute: "0.1", relative: 1 %, combine: rss}}
correlations: [{between: [a, c], coefficient: "0.5"}]
coverage: {factor: "2"}
monte_carlo: {trials: "10", seed: s}
""",
    b"""model: x * y
output: {name: z, unit: mm2}
inputs:
  x: {unit: mm, data: ["1.1", "1.2", "1.3"], series: s}
  y: {unit: m, data: ["4", "5", "6"], series: s}
coverage: {probability: "0.99"}
""",
    b"""model: t
output: {name: z, unit: K}
inputs:
  t: {unit: Cel, distribution: {kind: trapezoidal, lower: "1", upper: "2", ratio: "0.5"}}
""",
    b"""model: z * z
complex: [z]
inputs: {z.re: {value: "1", standard_uncertainty: "1"}, z.im: {value: "2", standard_uncertainty: "0"}}
""",
)  # fmt: skip
WORDS = (b"1e300", b"-1e-300", b"nan", b"inf", b"data: []", b"kind: gamma", b"unit: Cel", b"difference: yes", b"^64", b"/0")
NUMBERS = (b"0", b"-0", b"1e300", b"-1e300", b"1e-300", b"1e155", b"-1e-155", b"1e9", b"-3", b"0.5", b"1e400", b"nan")


def evaluated(data: bytes) -> None:
    file = read_model_file(data, name="m")
    for evaluate in (first_order, second_order):
        with suppress(OpenQIError):
            for one in evaluate(file.model, file.inputs, file.correlations):
                assert isfinite(one.value)
                assert isfinite(one.standard_uncertainty)
                assert one.standard_uncertainty >= 0
                assert evaluation_of(json.loads(json.dumps(one.document()))) == one
                assert all(isfinite(row.contribution) and isfinite(row.share) for row in one.budget())


def test_any_bytes_as_a_model_file():
    reached = 0
    for data in inputs("model file", FILES, WORDS, 3000):
        start = thread_time()
        try:
            evaluated(data)
            reached += 1
        except OpenQIError as error:
            assert str(error)
        assert fair(thread_time() - start, 2.0, partial(evaluated, data)) < 2.0, data
    assert reached > 30


def test_any_number_in_the_place_of_another():
    reached = 0
    for file in FILES:
        for found in re.finditer(rb'"[0-9.]+"', file):
            for number in NUMBERS:
                with suppress(OpenQIError):
                    evaluated(file[: found.start()] + number + file[found.end() :])
                    reached += 1
    assert reached > 100


def test_any_json_as_a_kept_evaluation():
    a, b = quantity(1, u=0.1, id="a"), quantity(2, u=0.3, dof=4)
    found = first_order(measurement_model("c = a + b\nd = c * a"), {"a": a, "b": b})[0]
    reached = 0
    for number in range(3000):
        document = changed_json(json.loads(json.dumps(found.document())), str(number).encode())
        if not isinstance(document, dict):
            continue
        with suppress(OpenQIError):
            one = evaluation_of(document)
            covariance_of([found, one])
            one.budget()
            one.expanded()
            reached += 1
    assert reached > 5
