"""The pages of screening: every link leads somewhere, nothing comes from outside, names of strangers do no harm."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from openqi.app.screening.results import read_results
from openqi.app.screening.screening import screened
from openqi.interfaces.web.screening.site import LISTED, ROWS, Asked, export_screening
from openqi.kernel.errors import FormatError
from screening_plant import known_plant

HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "../../../etc/passwd", "C:\\con", "{{ 7 * 7 }}", "长" * 150,
    "名称/温度（℃）", "a&b=c?d#e", "javascript:alert(1)", "x" * 250, "\u202eright to left", "%2e%2e%2f", "datum.value", "plain",
]  # fmt: skip


class Page(HTMLParser):
    """Links, sources and elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.elements: set[str] = set()
        self.marks: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src", "xlink:href") and value is not None:
                self.links.append(value)
            if name == "id" and value is not None:
                self.marks.add(value)


def export(folder: Path, target: Path, *, readings: bool = True, pages: int = 50, order: str = "worst"):
    results = read_results(folder / "out")
    found = screened(results, order=order)
    asked = Asked(results=results, found=found, target=target, readings=folder / "in" if readings else None, pages=pages)
    return found, export_screening(asked)


def pages_of(target: Path) -> Iterator[tuple[Path, Page]]:
    for path in sorted(target.rglob("*.html")):
        yield path, Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("hostile")
    known_plant(folder, streams=len(HOSTILE), readings=120, bad=len(HOSTILE), names=HOSTILE)
    export(folder, folder / "site", pages=8)
    return folder, folder / "site"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("many")
    known_plant(folder, streams=LISTED + 130, readings=40, bad=30)
    export(folder, folder / "site", pages=1, readings=False)
    return folder, folder / "site"


@pytest.mark.parametrize("which", ["hostile", "many"])
def test_every_link_leads_to_a_file_inside_and_nothing_comes_from_outside(which: str, request: pytest.FixtureRequest):
    target = request.getfixturevalue(which)[1]
    count = 0
    for path, page in pages_of(target):
        assert "script" not in page.elements
        assert not any(name.startswith("on") for name in page.attributes)
        for link in page.links:
            parts = urlsplit(link)
            if link.startswith("#") and "-" not in link:
                continue
            assert (parts.scheme, parts.netloc) == ("", ""), link
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert there.is_relative_to(target.resolve())
            assert there.is_file(), f"{path.name}: {link}"
            if parts.fragment and there.suffix == ".html":
                assert f'id="{parts.fragment}"' in there.read_text(encoding="utf-8")
            count += 1
    assert count > 100
    assert not re.search(r"url\(\s*['\"]?https?:|@import", (target / "static/style.css").read_text())


def test_names_of_strangers_are_text_and_file_names_are_safe(hostile: tuple[Path, Path]):
    target = hostile[1]
    names = [path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()]
    assert all(re.fullmatch(r"\.openqi-site|[A-Za-z0-9_/-]+\.(html|css|svg)", name) for name in names)
    assert all(len(Path(name).name) < 100 for name in names)
    text = (target / "en/index.html").read_text(encoding="utf-8")
    for name in HOSTILE:
        assert "<bdi>" + name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;") in text
    assert "<script" not in "".join(path.read_text(encoding="utf-8") for path in target.rglob("*.html"))
    assert "\u202e" not in "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    assert ">49<" not in text
    for _, page in pages_of(target):
        assert "img" not in page.elements


def test_numbers_of_the_list_are_those_of_screening(hostile: tuple[Path, Path]):
    found = screened(read_results(hostile[0] / "out"))
    text = (hostile[1] / "en/index.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr>\n(.*?)</tr>", text, re.DOTALL)
    cells = [re.findall(r'<td[^>]*data-label="([^"]+)">(.*?)</td>', row, re.DOTALL) for row in rows]
    assert len(cells) == len(found.streams)
    for one, row in zip(found.streams, cells, strict=True):
        told = dict(row)
        assert told["Alarms"].replace("\N{THIN SPACE}", "") == str(one.alarms)
        assert told["Ppk"] == f"{one.ppk:.2f}".replace("-", "−")
        assert told["Cpk"] == f"{one.cpk:.2f}".replace("-", "−")
        assert told["Stability index"] == f"{one.stability_index:.2f}"
        assert told["Alarm rate"].startswith(f"{100 * one.alarm_rate:.1f}"[:3])


def test_the_page_of_a_stream_has_its_chart_with_flags_its_rules_and_its_limits(hostile: tuple[Path, Path]):
    found = screened(read_results(hostile[0] / "out"))
    worst = found.streams[0]
    address = re.findall(
        r'data-label="Stream"><a href="\.\./en/(stream/[^"]+)"', (hostile[1] / "en/index.html").read_text("utf-8")
    )[0]
    text = (hostile[1] / "en" / address).read_text(encoding="utf-8")
    assert f"{worst.alarms} alarms where" in text
    assert text.count("<figure") == 2
    assert "the last 120 of 120 readings" in text
    counts = re.findall(r'<tr><td class="num">(\d)</td><td>[^<]+</td><td class="num">(\d+)</td></tr>', text)
    assert {int(number): int(count) for number, count in counts} == worst.rules
    assert "Latest shift" in text
    told = unescape(text).replace("\xa0", " ")
    assert "−6 mm … 6 mm" in told
    assert "−3 mm … 3 mm" in told


def test_without_readings_charts_show_what_broke_a_rule_and_say_so(many: tuple[Path, Path]):
    (page,) = (many[1] / "en/stream").iterdir()
    text = page.read_text(encoding="utf-8")
    assert "--readings names their folder" in text
    assert "points that broke a rule" in text
    assert "Latest shift" not in text


def test_very_many_streams_are_listed_by_pages_and_it_is_said_how_many_are_not(many: tuple[Path, Path]):
    target = many[1]
    pages = LISTED // ROWS
    assert len(list((target / "zh").glob("worst-*.html"))) == pages - 1
    assert len(list((target / "zh").glob("shift-*.html"))) == pages
    first = (target / "en/index.html").read_text(encoding="utf-8")
    assert f"Each order lists its first {LISTED} of {LISTED + 130}." in first.replace("\N{THIN SPACE}", "")
    assert "The worst 1 streams have a page of their own." in first
    assert first.count('<tr>\n<td class="num" data-label="Rank">') == ROWS
    assert "page 10 of 10" in (target / "en/worst-10.html").read_text(encoding="utf-8")
    assert (target / "zh/index.html").read_text(encoding="utf-8").count("<svg") == 1


def test_what_is_gone_goes_what_is_alike_stays_and_files_of_others_are_left_alone(hostile: tuple[Path, Path], tmp_path: Path):
    target = tmp_path / "site"
    shutil.copytree(hostile[1], target)
    (target / "zh/stream/mine.html").write_text("mine")
    _, done = export(hostile[0], target, pages=8)
    assert (done.written, done.removed) == (0, 0)
    _, fewer = export(hostile[0], target, pages=2)
    assert fewer.removed == 12
    assert (target / "zh/stream/mine.html").read_text() == "mine"
    assert len(list((target / "zh/stream").iterdir())) == 3


def test_other_readings_are_refused_before_a_page_is_written(hostile: tuple[Path, Path], tmp_path: Path):
    shutil.copytree(hostile[0] / "in", tmp_path / "in")
    (tmp_path / "in/1.parquet").write_bytes(b"PAR1")
    shutil.copytree(hostile[0] / "out", tmp_path / "out")
    with pytest.raises(FormatError):
        export(tmp_path, tmp_path / "site")
    assert not (tmp_path / "site").exists()
