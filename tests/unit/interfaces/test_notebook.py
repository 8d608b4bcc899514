"""Results in a notebook: three lines give a picture, every form that a notebook takes is there, by IPython's own formatter too."""

import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest

from chance_cases import MASS, MASS_INPUTS
from openqi.app.pictures.decision import Decided
from openqi.interfaces import notebook
from openqi.kernel.errors import DomainError
from openqi.science.calibration.regression import least_squares
from openqi.science.capability.study import study
from openqi.science.charts import chart
from openqi.science.charts.run_lengths.charts.cusum import Cusum
from openqi.science.decision.outcomes import decided
from openqi.science.decision.rule import Interval
from openqi.science.uncertainty.monte_carlo.run import monte_carlo
from openqi.science.uncertainty.propagation.first_order import first_order

STUDY = study([0.1 * (7 * k % 11) for k in range(30)], lower=-2, upper=3)
RESULT = first_order(MASS, MASS_INPUTS)[0]


def results() -> dict[str, object]:
    decision = decided("9.9", unit="mm", u="0.1", lower="9", upper="10", rule="guarded-acceptance/2", method="full-value")
    return {
        "evaluation": RESULT,
        "run": monte_carlo(MASS, MASS_INPUTS, trials=2000, seed="1"),
        "function": least_squares(["1", "2", "3", "4"], ["1.1", "1.9", "3.2", "3.9"], degree=1),
        "decision": Decided(
            decision=decision, standard_uncertainty=0.1, coverage_factor=2.0, tolerance=Interval(lower=9, upper=10), unit="mm"
        ),
        "study": STUDY,
        "chart": chart("i-mr", [10.0, 10.1, 9.9, 10.0, 10.1, 9.9, 12.0]),
        "run-lengths": Cusum(reference=0.5, limit=4.0).distribution(),
    }


@pytest.mark.parametrize("name", ["evaluation", "run", "function", "decision", "study", "chart", "run-lengths"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_three_lines_give_every_form_of_a_picture(name: str, lang: str):
    bundle = notebook.show(results()[name], lang=lang)._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.vegalite.v5+json", "image/svg+xml", "text/html", "text/plain"}
    assert bundle["application/vnd.vegalite.v5+json"]["$schema"].endswith("/v5.json")
    assert ET.fromstring(bundle["image/svg+xml"]).tag.endswith("svg")
    html = ET.fromstring(bundle["text/html"])
    assert len(html.findall("table/tbody/tr")) >= 1
    assert any("\u4e00" <= one <= "\u9fff" for one in bundle["text/plain"]) == (lang == "zh")


def test_a_table_says_what_the_picture_says():
    rows = notebook.show(RESULT, lang="en").rows
    assert rows[0] == ["source of uncertainty", "contribution", "share"]
    assert [row[0] for row in rows[1:]] == [row.name for row in RESULT.budget()]


def test_the_table_of_a_chart_has_the_lines_of_every_panel_and_stage():
    found = chart("i-mr", [1.0, 2.0, 1.0, 2.0, 11.0, 12.0, 11.0, 30.0], stages=["old"] * 4 + ["new"] * 4)
    rows = notebook.show(found, lang="en", unit="mm", title="bore").rows
    assert rows[0] == ["panel", "stage", "points", "centre line", "lower limit", "upper limit", "violations"]
    assert [row[:3] for row in rows[1:3]] == [["individual value", "old", "4"], ["individual value", "new", "4"]]
    assert [float(row[3]) for row in rows[1:3]] == [1.5, 16.0]
    assert float(rows[1][5]) == pytest.approx(1.5 + 3 / 1.128379, abs=0.005)
    assert sum(int(row[-1]) for row in rows[1:]) == len(found.violations())


def test_a_chart_takes_what_its_picture_takes():
    spec = notebook.show(results()["chart"], lang="en", unit="mm", title="bore", monitored_from=3, lower=9.0, width=500).spec
    assert spec["title"]["text"] == "bore"
    assert spec["vconcat"][0]["width"] == 500
    assert "LSL 9" in notebook.of_spec(spec).svg


def test_text_of_strangers_is_escaped():
    shown = notebook.Picture(spec=notebook.show(RESULT).spec, rows=[["<b>"], ["&"]])._repr_mimebundle_()["text/html"]
    assert "<thead><tr><th>&lt;b&gt;</th></tr></thead><tbody><tr><td>&amp;</td></tr></tbody>" in shown


def test_of_what_has_no_picture_it_says_so():
    with pytest.raises(DomainError, match=r"no picture of tuple; there is one of Evaluation"):
        notebook.show((RESULT,))


def test_enabled_results_show_themselves():
    made = {}
    shell = SimpleNamespace(display_formatter=SimpleNamespace(mimebundle_formatter=SimpleNamespace(for_type=made.setdefault)))
    notebook.load_ipython_extension(shell)
    assert made[type(RESULT)](RESULT)["text/plain"] == notebook.show(RESULT).spec["description"]


def test_ipython_itself_shows_a_result():
    formatters = pytest.importorskip("IPython.core.formatters", reason="IPython is not installed: results were not shown by it")
    shell = SimpleNamespace(display_formatter=formatters.DisplayFormatter())
    before, _ = shell.display_formatter.format(RESULT)
    assert set(before) == {"text/plain"}
    notebook.enable(shell, lang="zh")
    bundle, _ = shell.display_formatter.format(RESULT)
    assert bundle["text/plain"].startswith("dm 的不确定度分量")
    assert bundle["image/svg+xml"].startswith("<svg")


def test_a_study_shows_its_indices_and_the_whole_of_it_where_asked():
    rows = notebook.show(STUDY, lang="en").rows
    assert [row[0] for row in rows[1:]] == [one.name for one in STUDY.indices]
    assert rows[1][1] == f"{STUDY.indices[0].value:.4f}"
    assert "hconcat" in str(notebook.show(STUDY, lang="en", of="sixpack", name="d", unit="mm").spec)
    with pytest.raises(DomainError, match="histogram and a sixpack"):
        notebook.show(STUDY, of="pie")
