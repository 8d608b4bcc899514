"""The page on Monte Carlo says what the program does: its example gives the figures that stand beside it."""

import re

from openqi.kernel.catalogue import load
from openqi.science.distributions.distribution import FOLDER, DistributionKind
from shared_data import ROOT

PAGE = (ROOT / "docs" / "metrology" / "monte_carlo.md").read_text(encoding="utf-8")


def test_the_example_gives_the_figures_beside_it(capsys):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "monte_carlo.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^print\(.*\)  # (.*)$", program, re.MULTILINE)


def test_the_table_names_every_distribution_with_its_parameters():
    rows = dict(re.findall(r"^\| `([a-z-]+)`.*?\| (.*?) \|", PAGE, re.MULTILINE))
    kinds = load(FOLDER, DistributionKind)
    assert set(rows) == set(kinds)
    for name, parameters in rows.items():
        assert tuple(re.findall(r"`(\w+)`", parameters)) == kinds[name].parameters
