"""Market surveillance in words: an outcome has one name wherever it is told, and no Chinese answer is half English."""

import json
import re
from pathlib import Path

import pytest
from tools.spot_check import DAYS

from draw_files import commit, drawn, small
from openqi.app.acts.acts import acts
from openqi.app.workspace.build import ledger_path
from openqi.interfaces.cli.words import word
from openqi.interfaces.web.show import fact
from openqi.interfaces.web.site import export_site
from openqi.interfaces.web.station.act_words import field_label
from openqi.interfaces.web.words import term
from openqi.science.draws.rates.outcomes import OUTCOMES
from spot_check_stage import until
from unit.interfaces.cli_world import openqi
from unit.interfaces.test_cli_draw_assign import assign, tables

WEB = Path(__file__).resolve().parents[3] / "src/openqi/interfaces/web"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def english_left(text: str) -> list[str]:
    """Cells that are sentences without a Chinese character: names, hashes and instants are single words."""
    cells = [cell.strip() for line in text.splitlines() for cell in re.split(r" {2,}", line)]
    return [cell for cell in cells if len(cell.split()) > 3 and not CHINESE.search(cell)]


@pytest.mark.parametrize("sent", [False, True])
def test_a_verification_in_chinese_is_chinese_to_the_last_line(tmp_path, sent):
    folder = drawn(tmp_path)
    if sent:
        tables(tmp_path)
        assert assign(tmp_path).status == 0
    told = openqi("draw", "verify", folder, "--lang", "zh")
    assert told.status == 0
    assert english_left(told.out) == []
    assert english_left(openqi("draw", "verify", folder, "--lang", "en").out)


def test_a_draw_that_is_not_made_yet_says_so_in_chinese(tmp_path):
    small(tmp_path)
    assert commit(tmp_path).status == 0
    told = openqi("draw", "verify", tmp_path / "toys", "--lang", "zh").out
    assert "尚未抽取" in told
    assert english_left(told) == []


def page_words() -> dict[str, tuple[str, str]]:
    texts = [path.read_text(encoding="utf-8") for path in WEB.glob("words*.tsv")]
    rows = [line.split("\t") for text in texts for line in text.splitlines()]
    return {row[0]: (row[1], row[2]) for row in rows if len(row) == 3}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_has_one_name_on_the_board_on_the_page_of_a_draw_and_in_a_record(outcome):
    words = page_words()
    chinese, english = words[f"visit-outcome:{outcome}"]
    assert words[f"draw-outcome:{outcome}"] == (chinese, english[0].lower() + english[1:])
    if outcome not in ("conforming", "nonconforming", "corrected", "refused"):  # these words are also of other things
        assert words[f"value:{outcome}"] == (chinese, english)
        assert word(outcome, "zh") == chinese


def test_what_a_draw_says_is_told_where_its_estimate_is_explained(tmp_path):
    folder = until(DAYS[-1][0], tmp_path)
    english = openqi("explain", "rates/autumn", "--in", folder, "--lang", "en").out
    assert "13/17 objects examined, hit rate 30.8 %, population rate 36.4 %," in english
    chinese = openqi("explain", "rates/autumn", "--in", folder, "--lang", "zh").out
    assert "问题发现率 30.8 %, 总体不合格率 36.4 %" in chinese
    rates = json.loads(openqi("explain", "rates/autumn", "--in", folder, "--json").out)["tree"]["told"]["rates"]
    assert round(float(rates["hit"]), 4) == round(4 / 13, 4)


def test_a_limit_of_time_is_none_of_a_chart(tmp_path):
    folder = until(DAYS[-1][0], tmp_path)
    told = openqi("explain", "publications/autumn", "--in", folder, "--lang", "zh").out
    assert "时限 [已验签]  检查结果公示, 20 个工作日" in told
    assert "控制限" not in told
    assert (
        "time limit [signature checked]  Publication of results of inspections, 20 working days"
        in openqi("explain", "publications/autumn", "--in", folder, "--lang", "en").out
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The pages of the finished spot check, in files; the id of its estimate."""
    place = tmp_path_factory.mktemp("pages")
    folder = until(DAYS[-1][0], place)
    export_site(ledger_path(folder), place / "site")
    return place / "site", openqi("explain", "rates/autumn", "--in", folder, "--json").data["tree"]["record"]


@pytest.mark.parametrize(
    ("language", "told", "never"),
    [
        ("zh", ("问题发现率 30.8 %；总体不合格率 36.4 %", "无可查", "按层"), "超出公差"),
        ("en", ("hit rate 30.8 %; population rate 36.4 %", "Nothing to examine", "By stratum"), "Beyond the tolerance"),
    ],
)
def test_the_record_of_an_estimate_shows_its_rates_in_the_words_of_inspections(site, language, told, never):
    folder, record = site
    page = (folder / language / "record" / f"{record}.html").read_text(encoding="utf-8")
    for one in told:
        assert one in page
    assert never not in page


@pytest.mark.parametrize(("language", "outcome"), [("zh", "未发现问题"), ("en", "No problem found")])
def test_a_visit_without_a_problem_is_told_so_and_not_as_a_certificate(site, language, outcome):
    pages = [path.read_text(encoding="utf-8") for path in (site[0] / language / "record").iterdir()]
    assert sum(f"<dd>{outcome}</dd>" in page for page in pages) >= 9
    assert not any("<dd>合格</dd>" in page for page in pages)


@pytest.mark.parametrize(("act", "path"), [("commit-draw/1", "sources.event"), ("publish-randomness/1", "event")])
def test_a_round_of_randomness_is_no_event_of_a_task(act, path):
    assert field_label(f"surveillance.{act}", path, "en") == "Round or issue"


def test_every_pillar_of_acts_has_a_name():
    assert {f"pillar:{act.pillar}" for act in acts().values()} <= set(page_words())


@pytest.mark.parametrize(("language", "name"), [("zh", "执法检查人员名录"), ("en", "List of officers")])
def test_a_list_of_officers_is_called_by_its_name_where_it_is_named(site, language, name):
    pages = [path.read_text(encoding="utf-8") for path in (site[0] / language / "record").iterdir()]
    (sent,) = [page for page in pages if "surveillance.officers-assigned/1" in page]
    assert f">{name}</a>" in sent


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("beside", [{"draw": "https://bureau.example/draw"}, {"visits": 3}])
def test_an_outcome_of_a_visit_and_of_many_is_told_in_the_same_words(outcome, beside):
    chinese, english = page_words()[f"visit-outcome:{outcome}"]
    assert fact("outcome", outcome, beside, "zh") == chinese
    assert fact("outcome", outcome, beside, "en") == english


@pytest.mark.parametrize("language", ["zh", "en"])
def test_outcomes_of_a_publication_are_told_in_the_words_of_visits(language: str):
    value = {"conforming": 2, "not-operating": 1}
    shown = fact("outcomes", value, {"draw": "https://a.example"}, language)
    assert all(term("visit-outcome", one, language) in shown and str(many) in shown for one, many in value.items())
    assert fact("outcomes", {"pass": 3}, {}, language) == f"{term('value', 'pass', language)} 3"
