"""What the page on charts says is what the program does."""

import re

from openqi.science import charts
from openqi.science.charts.charting import chart_kinds
from openqi.science.charts.estimators import individuals, subgroups
from openqi.science.charts.rules.rule import ASKS, rule_set, rule_sets
from shared_data import ROOT

PAGE = (ROOT / "docs" / "control" / "charts.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_three_lines_answer_what_the_page_says():
    said = BLOCKS[0].rsplit("# ", 1)[1].strip()
    found = charts.chart("i-mr", [10.0, 10.1, 9.9, 10.0, 10.1, 9.9, 12.0], rules="nelson", centre=10.0, sigma=0.2)
    assert repr(found.violations()) == said


def test_the_set_of_ones_own_on_the_page_is_one():
    import ast

    assert [rule.number for rule in rule_set(ast.literal_eval(BLOCKS[1])).rules] == [1, 9]


def test_every_kind_set_question_option_and_estimator_is_on_the_page():
    ticked = set(re.findall(r"`([a-z0-9_-]+)`", PAGE))
    assert set(chart_kinds()) <= ticked
    assert set(rule_sets()) <= ticked
    assert set(ASKS) <= ticked
    assert {option for kind in chart_kinds().values() for option in kind.options} <= ticked | {"centre_by"}
    assert set(individuals.SPREADS) | set(subgroups.SPREADS) <= ticked


def test_the_table_of_natures_names_no_kind_twice_and_the_run_length_is_right():
    from openqi.science.charts.rules.in_control import run_length_of

    assert f"{run_length_of(rule_set('western-electric')).value:.2f}" in PAGE
