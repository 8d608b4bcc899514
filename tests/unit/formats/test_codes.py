"""QR codes: a second program reads them back, their bytes stay the same, and they point nowhere."""

import re
import struct
import zlib
from xml.etree import ElementTree

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.formats.codes import QUIET_ZONE, qr_png, qr_svg
from openqi.formats.digital_link import digital_link, new_serial
from openqi.kernel.errors import FormatError

MARK = "https://id.example.org/01/09506000134352/21/0CYZ4665ZSV42N58MM5E"
marks = st.binary(min_size=13, max_size=13).map(
    lambda chance: digital_link("https://id.example.org", "09506000134352", new_serial(chance))
)


def pixels_of_png(data: bytes) -> list[bytes]:
    """The rows of a PNG of one bit a pixel, as bytes of grey; enough of the format for what is written here."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunks[data[at + 4 : at + 8]] = data[at + 8 : at + 8 + length]
        at += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (1, 0)
    raw, stride = zlib.decompress(chunks[b"IDAT"]), (width + 7) // 8
    lines = [raw[row * (stride + 1) : (row + 1) * (stride + 1)] for row in range(height)]
    assert {line[0] for line in lines} <= {0, 2}  # as it is, or what differs from the line above
    above, rows = bytes(stride), []
    for line in lines:
        above = bytes((byte + up) % 256 for byte, up in zip(line[1:], above, strict=True)) if line[0] else line[1:]
        rows.append(bytes(255 * int(bit) for bit in "".join(f"{byte:08b}" for byte in above)[:width]))
    return rows


def pixels_of_svg(text: str, scale: int = 4) -> list[bytes]:
    """The rows of an SVG, its paths of rectangles drawn one after the other."""
    root = ElementTree.fromstring(text)
    side = int(root.attrib["viewBox"].split()[2])
    grey = [[128] * side for _ in range(side)]
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        colour = {"#fff": 255, "#000": 0}[path.attrib["fill"]]
        data = path.attrib["d"].replace(f"M0 0h{side}v{side}H0z", f"M0 0h{side}v{side}h-{side}z")
        shapes = re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z", data)
        assert "".join(f"M{x} {y}h{w}v{h}h-{back}z" for x, y, w, h, back in shapes) == data
        for x, y, width, height, back in (tuple(map(int, shape)) for shape in shapes):
            assert back == width
            for row in range(y, y + height):
                grey[row][x : x + width] = [colour] * width
    return [bytes(value for value in row for _ in range(scale)) for row in grey for _ in range(scale)]


def read(rows: list[bytes]) -> list[zxingcpp.Barcode]:
    """What zxing-cpp reads in a grey picture."""
    return zxingcpp.read_barcodes(memoryview(b"".join(rows)).cast("B", (len(rows), len(rows[0]))))


@given(marks)
@settings(max_examples=20)
def test_another_program_reads_the_mark_in_both_forms(uri):
    for rows in (pixels_of_png(qr_png(uri)), pixels_of_svg(qr_svg(uri))):
        (code,) = read(rows)
        assert code.text == uri
        assert code.format == zxingcpp.BarcodeFormat.QRCode
        assert code.ec_level == "M"


def test_both_forms_show_the_same_modules():
    png, svg = pixels_of_png(qr_png(MARK)), pixels_of_svg(qr_svg(MARK), scale=6)
    assert png == svg


def test_a_code_has_a_quiet_zone_of_four_modules():
    rows = pixels_of_svg(qr_svg(MARK), scale=1)
    dark = [(x, y) for y, row in enumerate(rows) for x, value in enumerate(row) if not value]
    edge = len(rows) - QUIET_ZONE - 1
    assert (min(x for x, _ in dark), min(y for _, y in dark)) == (4, 4)
    assert (max(x for x, _ in dark), max(y for _, y in dark)) == (edge, edge)


def test_a_code_has_the_size_of_print_that_cameras_read():
    root = ElementTree.fromstring(qr_svg(MARK))
    modules = int(root.attrib["viewBox"].split()[2])
    millimetres = float(root.attrib["width"].removesuffix("mm")) / modules
    assert 0.396 <= millimetres <= 0.99
    png = qr_png(MARK)
    at = png.index(b"pHYs") + 4
    across, _, unit = struct.unpack(">IIB", png[at : at + 9])
    assert unit == 1
    assert abs(6 / across * 1000 - millimetres) < 0.001


def test_the_same_mark_gives_the_same_bytes():
    assert qr_png(MARK) == qr_png(MARK)
    assert qr_svg(MARK) == qr_svg(MARK)


def test_an_svg_says_what_it_is_and_points_nowhere():
    text = qr_svg(MARK)
    root = ElementTree.fromstring(text)
    assert root.attrib["role"] == "img"
    assert root[0].tag.endswith("title")
    assert root[0].text == MARK
    rest = text.replace(f"<title>{MARK}</title>", "").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"href|url\(|://|<script|<style|<image|<use|on[a-z]+=", rest)


def test_signs_of_markup_stay_text():
    text = qr_svg("https://id.example.org/?a=1&b='2'")
    assert ElementTree.fromstring(text)[0].text == "https://id.example.org/?a=1&b='2'"


@pytest.mark.parametrize("text", ["", "no uri", "https://id.example.org/<script>", "https://id.example.org/\n"])
def test_only_a_uri_becomes_a_code(text):
    for make in (qr_png, qr_svg):
        with pytest.raises(FormatError):
            make(text)
