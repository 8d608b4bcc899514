"""A table of visits comes in with headers in both languages; places are whole numbers, and nothing else is."""

import pytest

from openqi.app.acts.acts import act_of
from openqi.app.acts.uploads import Upload, rows_of
from openqi.interfaces.web.station.act_words import columns_of
from openqi.kernel.errors import FormatError
from openqi.records.draw_rows import VisitRow
from openqi.records.rows import decoded

ACT = act_of("surveillance.assign-officers/1")


def read(text: str) -> list[VisitRow]:
    _, content = rows_of(VisitRow, Upload(name="visits.csv", data=text.encode()), columns_of(ACT))
    return decoded(content.split(b"\n")[:-1], VisitRow)


def test_visits_are_read_by_members_and_by_headers_in_both_languages():
    wanted = [VisitRow(day="2026-01-06", east=-1200, object="firm 1"), VisitRow(day="2026-01-07", object="firm 2")]
    assert read("object,day,east\nfirm 1,2026-01-06,-1200\nfirm 2,2026-01-07,\n") == wanted
    assert read('Object,Day of the visit,"East, metres"\nfirm 1,2026-01-06,-1200\nfirm 2,2026-01-07,0\n') == wanted
    assert read("检查对象,检查日期,向东（米）\nfirm 1,2026-01-06,-1200\nfirm 2,2026-01-07,0\n") == wanted


@pytest.mark.parametrize("east", ["12.5", "1e3", "0x10", "1 200", "９", "--1", "1" * 16, "+1", "01"])
def test_a_place_that_is_no_whole_number_is_told_with_its_line(east: str):
    with pytest.raises(FormatError, match=r"visits.csv:2: east: .* is no whole number"):
        read(f"object,day,east\nfirm 1,2026-01-06,{east}\n")


def test_a_visit_without_a_day_is_no_visit():
    with pytest.raises(FormatError, match="day"):
        read("object,day\nfirm 1,\n")
