"""Pictures drawn and written: whole or not at all, in a font without serifs, once for each specification."""

import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from openqi.app.pictures.frame import framed, layer, quantitative
from openqi.interfaces.pictures import drawing
from openqi.interfaces.pictures.drawing import check_ending, picture_svg, png_of, svg_of, with_chinese_in, write_picture
from openqi.interfaces.pictures.fonts import chinese_family, family_among, is_chinese
from openqi.interfaces.web.wording import wording_of
from openqi.interfaces.web.words import phrases
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.science.decision.outcomes import decision_rules


def spec(title: str) -> dict[str, object]:
    points = layer([{"x": 1.0, "y": 2.0, "tip": "<&>"}], {"type": "point"}, x=quantitative("x"), y=quantitative("y"))
    return framed({"width": 100, "height": 60, "layer": [points]}, title=title)


def test_the_same_picture_is_drawn_once():
    assert svg_of(spec("one")) is svg_of(spec("one"))
    assert svg_of(spec("one")) != svg_of(spec("two"))


def test_a_picture_of_a_page_is_one_image_with_a_name_and_a_language():
    found = ET.fromstring(picture_svg(spec('a "title" <b>'), "zh"))
    assert (found.attrib["role"], found.attrib["aria-label"], found.attrib["lang"]) == ("img", 'a "title" <b>', "zh-CN")
    assert "style" not in found.attrib
    nameless = {**spec("one"), "description": ""}
    assert ET.fromstring(picture_svg(nameless, "en", "Cycler 3")).attrib["aria-label"] == "Cycler 3"
    assert " style=" not in picture_svg(spec("one"), "en")  # the policy of pages would refuse it


def test_a_png_has_two_dots_a_pixel():
    width, _ = struct.unpack(">II", png_of(spec("one"))[16:24])
    assert width == 2 * round(float(ET.fromstring(svg_of(spec("one"))).attrib["width"]))


@pytest.mark.skipif(chinese_family() is None, reason="no Chinese font is installed: nothing was drawn with it")
def test_a_chinese_text_is_drawn_in_a_font_that_has_it_and_a_latin_one_stays(monkeypatch: pytest.MonkeyPatch):
    family = chinese_family()
    latin, chinese = png_of(spec("one")), png_of(spec("示值误差"))
    monkeypatch.setattr(drawing, "chinese_family", lambda: None)
    assert png_of(spec("one")) == latin
    monkeypatch.setattr(drawing, "chinese_family", lambda: "Noto Serif CJK SC")
    if family == "Noto Sans CJK SC":
        assert png_of(spec("示值误差")) != chinese


def test_without_a_chinese_font_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drawing, "chinese_family", lambda: None)
    assert "no font with Chinese characters" in str(write_picture(tmp_path / "a.svg", spec("示值")))
    assert write_picture(tmp_path / "a.svg", spec("one")) is None


def test_the_best_font_is_taken_and_one_with_serifs_never(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    for name in ("NotoSerifCJK-Regular.ttc", "readme.txt"):
        (tmp_path / name).touch()
    assert family_among((tmp_path, tmp_path / "none")) is None
    (tmp_path / "deep" / "wqy-microhei.ttc").touch()
    assert family_among((tmp_path,)) == "WenQuanYi Micro Hei"
    (tmp_path / "NotoSansCJK-Regular.ttc").touch()
    assert family_among((tmp_path,)) == "Noto Sans CJK SC"
    assert [is_chinese(text) for text in ("值", "\U00020000", "value / µm", "")] == [True, True, False, False]


@pytest.mark.parametrize("name", ["a.pdf", "a", "svg", "a.svg.gz"])
def test_another_ending_is_refused_before_anything_is_drawn(tmp_path: Path, name: str):
    with pytest.raises(FormatError, match=r"written as \.svg or \.png"):
        check_ending(tmp_path / name)
    with pytest.raises(FormatError):
        write_picture(tmp_path / name, spec("one"))
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(NotFoundError, match="no folder"):
        write_picture(tmp_path / "none" / "a.svg", spec("one"))
    (tmp_path / "a.svg").write_bytes(b"before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="space"):
        write_picture(tmp_path / "a.svg", spec("one"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]
    assert (tmp_path / "a.svg").read_bytes() == b"before"


def test_every_rule_and_every_word_of_pictures_is_there_in_both_languages():
    words = wording_of("zh").words
    assert {f"rule-{name}" for name in decision_rules()} <= set(words)
    assert (
        set(words)
        == {name.removeprefix("picture:") for name in phrases() if name.startswith("picture:")}
        == set(wording_of("en").words)
    )
    same = ("rule-", "spread", "own-guard", "capability-separator", "law-johnson-", "statistic-ewma", "statistic-sq", "statistic-q")
    assert [name for name, text in words.items() if not is_chinese(text) and not name.startswith(same)] == []


def test_an_empty_text_takes_the_font_of_no_other():
    drawn = '<svg><text x="1"/><g><text x="2">能力</text></g><text x="3">mm</text><text x="4"/><text x="5">下限</text></svg>'
    marked = with_chinese_in(drawn, "Sans")
    assert [text.split(">")[0] for text in marked.split("<text ")[1:]] == [
        'x="1"/', 'font-family="Sans, sans-serif" x="2"', 'x="3"', 'x="4"/', 'font-family="Sans, sans-serif" x="5"',
    ]  # fmt: skip
