"""An uncertainty is evaluated at a station: a model file fills in the form, which is previewed and sealed; by a program as well."""

import pytest

from acts_web import StationWeb, form_of, posted, sent
from chain_stage import CALIBRATION
from openqi.records.evaluations import UncertaintyEvaluated
from stage import changed

PATH = "/do/metrology.evaluate-uncertainty.1"
MODEL = """\
model: P = U^2 / R
output: {name: P, unit: mW}
inputs:
  U: {value: "1.5", unit: V, standard_uncertainty: "2e-3"}
  R: {value: "50.0", unit: Ohm, half_width: "0.2", distribution: rectangular}
coverage: {factor: "2"}
"""


@pytest.fixture
def web(tmp_path):
    return StationWeb(tmp_path)


@pytest.fixture
def laboratory(web):
    return web.world.visitor(web.world.stage.laboratory)


def evaluations(web):
    return [one.record for one in web.world.stage.store.scan() if one.record.kind == UncertaintyEvaluated.KIND]


def filled_in(client, text, **more):
    form = form_of(client.get(PATH).text) | more
    return posted(client, PATH, data=form | {"_step": "fill"}, files={"_model": ("power.yaml", text.encode(), "text/yaml")})


def test_a_model_file_fills_in_the_form_that_is_then_previewed_and_sealed(web, laboratory):
    with web.client(laboratory) as client:
        page = filled_in(client, MODEL, evaluation="https://laboratory.example/evaluation/1", **{"inputs.0.name": "old"})
        form = form_of(page.text)
        told = [form[name] for name in ("model", "inputs.0.name", "inputs.0.standardUncertainty", "inputs.1.distribution")]
        assert told == ["P = U^2 / R", "U", "0.002", "rectangular"]
        assert (form["evaluation"], form["outputs.0.unit"]) == ("https://laboratory.example/evaluation/1", "mW")
        preview = posted(client, PATH, **sent(form, _step="preview"))
        assert (preview.status_code, evaluations(web)) == (200, [])
        posted(client, PATH, **sent(form_of(preview.text), _step="seal"))
    (record,) = evaluations(web)
    (found,) = record.body["measurands"]
    assert (found["value"], found["expandedUncertainty"], found["unit"]) == ("45.00", "0.32", "mW")


def test_a_file_that_is_no_model_is_told_with_its_line_and_keeps_what_was_typed(web, laboratory):
    with web.client(laboratory) as client:
        page = filled_in(client, MODEL.replace('"50.0"', '"fifty"'), evaluation="https://laboratory.example/evaluation/7")
    assert "power.yaml:5" in page.text
    assert form_of(page.text)["evaluation"] == "https://laboratory.example/evaluation/7"


def test_nothing_in_a_part_that_need_not_be_given_is_required(web, laboratory):
    with web.client(laboratory) as client:
        page = client.get(PATH).text
    asked = [line for line in page.splitlines() if "required" in line and 'name="' in line]
    assert not [line for line in asked if 'name="inputs.0.certified.' in line or 'name="correlations.' in line]
    assert [line for line in asked if 'name="inputs.0.name"' in line]
    assert '<details class="folded"><summary>From a certificate' in page


def test_a_program_does_the_same_and_is_told_why_it_is_refused(web, laboratory):
    arguments = {
        "evaluation": "https://laboratory.example/evaluation/1", "model": "y = x",
        "inputs": [{"name": "x", "value": "1", "standardUncertainty": "0.1"}], "coverageFactor": "2",
    }  # fmt: skip
    with web.rest(laboratory) as client:
        path = "/api/acts/metrology.evaluate-uncertainty.1"
        assert "standardUncertainty" in client.get(path).text
        sealed = client.post(
            path, json={"arguments": arguments}, headers={"idempotency-key": "3f0a4f51-6ef7-4a5c-9d0e-0a1b2c3d4e5f"}
        )
        assert sealed.status_code in (200, 201), sealed.text
        both = arguments | {"coverageProbability": "0.95"}
        refused = client.post(path, json={"arguments": both}, headers={"idempotency-key": "3f0a4f51-6ef7-4a5c-9d0e-0a1b2c3d4e60"})
    assert (refused.status_code, refused.json()["rule"]) == (409, "coverage-once")
    assert len(evaluations(web)) == 1


def test_nobody_reads_a_certificate_that_is_withheld_by_previewing_what_would_rest_on_it(web, laboratory):
    stage = web.world.stage
    stage.grant(stage.assessor, "calibration-laboratory")
    certificate = stage.ledger.state(changed(CALIBRATION, realises=None), stage.assessor, visible_to=())
    certified = {"certificate": certificate.id, "quantity": "current", "indicated": "1", "takes": "reference"}
    stated = {"name": "x", "unit": "A", "value": "1", "expandedUncertainty": "1", "coverageFactor": "2", "identity": "urn:x:y"}
    arguments = {
        "evaluation": "https://laboratory.example/evaluation/1", "model": "y = x", "inputs": [stated | {"certified": certified}],
        "outputs": [{"name": "y", "unit": "A"}],
    }  # fmt: skip
    path = "/api/acts/metrology.evaluate-uncertainty.1?preview=true"
    with web.rest(laboratory) as client:
        told = client.post(path, json={"arguments": arguments}).json()
    assert "may-see" in str(told)
    assert "0.9980" not in str(told)
    own = web.world.visitor(stage.assessor)
    with web.rest(own) as client:
        told = client.post(path, json={"arguments": arguments}).json()
    assert "certificate-value" in str(told)
