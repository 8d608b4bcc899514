"""Photos: the pixels stay the same, the place is gone, and what is no photo or too much of one is refused with advice."""

import io
import time
import zlib
from contextlib import suppress

import pytest

from clocked import fair
from openqi.formats.photos.bounds import MAX_BYTES
from openqi.formats.photos.photo import bare_photo
from openqi.kernel.errors import FormatError
from photo_files import PAYLOAD, PIL, PLACE, bomb, chunk, photo_with_place, picture, pixels, saved

WAYS = {
    "JPEG": {"quality": 85}, "JPEG progressive": {"progressive": True}, "JPEG grey": {"mode": "L"}, "JPEG CMYK": {"mode": "CMYK"},
    "PNG": {}, "PNG palette": {"mode": "P"}, "PNG grey with transparency": {"mode": "LA"},
    "WEBP": {}, "WEBP lossless": {"lossless": True}, "WEBP transparent": {"mode": "RGBA"},
    "WEBP lossless transparent": {"mode": "RGBA", "lossless": True},
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_second_reader_sees_the_same_pixels_in_what_was_stripped_and_no_place(way: str):
    sent = photo_with_place(way.split(maxsplit=1)[0], **WAYS[way])
    assert PLACE.encode() in sent
    kept = bare_photo(sent)
    assert pixels(kept.data) == pixels(sent)
    assert (kept.width, kept.height) == (64, 40)
    assert kept.media == f"image/{way.split(maxsplit=1)[0].lower()}"
    assert PLACE.encode() not in kept.data
    assert b"Camera" not in kept.data
    with PIL.open(io.BytesIO(kept.data)) as opened:
        assert not opened.getexif().get_ifd(0x8825)
    assert bare_photo(kept.data) == kept  # nothing more is found to take out


@pytest.mark.parametrize("turn", range(1, 9))
def test_how_a_jpeg_is_turned_is_all_that_stays_of_its_exif(turn: int):
    made = PIL.Exif()
    made[0x0112], made[0x010E] = turn, PLACE
    kept = bare_photo(saved("JPEG", exif=made.tobytes())).data
    with PIL.open(io.BytesIO(kept)) as opened:
        assert dict(opened.getexif()) == ({} if turn == 1 else {0x0112: turn})


@pytest.mark.parametrize("way", ["JPEG", "PNG", "WEBP"])
def test_what_stands_in_comments_or_behind_the_end_is_gone(way: str):
    sent = saved(way)
    if way == "JPEG":
        sent = sent[:2] + b"\xff\xfe" + (len(PAYLOAD) + 2).to_bytes(2, "big") + PAYLOAD + sent[2:]
    elif way == "PNG":
        sent = sent[:33] + chunk(b"tEXt", b"Comment\x00" + PAYLOAD) + sent[33:]
    else:
        sent += b"XMP " + len(PAYLOAD).to_bytes(4, "little") + PAYLOAD + b"\x00" * (len(PAYLOAD) % 2)
        sent = sent[:4] + (len(sent) - 8).to_bytes(4, "little") + sent[8:]
    kept = bare_photo(sent + b"PK\x03\x04" + PAYLOAD)
    assert b"polyglot" not in kept.data
    assert b"PK\x03\x04" not in kept.data
    assert pixels(kept.data) == pixels(saved(way))


REFUSED = {
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "no JPEG, PNG or WebP"),
    "html": (PAYLOAD, "no JPEG, PNG or WebP"),
    "gif with a script": (b"GIF89a/*" + PAYLOAD, "no JPEG, PNG or WebP"),
    "zip": (b"PK\x03\x04" + bytes(100), "no JPEG, PNG or WebP"),
    "pdf": (b"%PDF-1.7\n", "no JPEG, PNG or WebP"),
    "nothing": (b"", "no JPEG, PNG or WebP"),
    "heic": (b"\x00\x00\x00\x18ftypheic" + bytes(100), "send it as JPEG"),
    "avif": (b"\x00\x00\x00\x18ftypavif" + bytes(100), "send it as JPEG"),
    "too many bytes": (b"\xff\xd8\xff" + bytes(MAX_BYTES), "send it smaller"),
    "too many pixels": (bomb(20_000, 20_000, b""), "send it smaller"),
    "no pixels": (bomb(0, 5, b""), "send another"),
    "a bomb": (bomb(100, 100, zlib.compress(bytes(50_000_000))), "unpacks to more"),
    "too few pixels": (bomb(100, 100, zlib.compress(bytes(100))), "unpacks to less"),
    "a moving picture": (b"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02" + bytes(9), "send a photo"),
    "jpeg without a picture": (b"\xff\xd8\xff\xd9", "no picture"),
    "jpeg of a rare sort": (b"\xff\xd8\xff\xc9\x00\x04ab", "ordinary photo"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_or_too_much_of_one_is_refused_with_what_to_do(name: str):
    data, told = REFUSED[name]
    with pytest.raises(FormatError, match=told):
        bare_photo(data)


def test_a_jpeg_that_claims_too_many_pixels_is_refused_before_anything_is_unpacked():
    sent = saved("JPEG")
    at = sent.index(b"\xff\xc0") + 5
    with pytest.raises(FormatError, match="65535 by 65535"):
        bare_photo(sent[:at] + b"\xff\xff\xff\xff" + sent[at + 4 :])


@pytest.mark.parametrize("way", ["JPEG", "PNG", "WEBP"])
def test_any_damage_gives_a_photo_or_our_own_error_and_a_cut_is_always_seen(way: str):
    sent = saved(way)
    for end in range(len(sent) - 1):
        with pytest.raises(FormatError):
            bare_photo(sent[:end])
    for at in range(len(sent)):
        for bit in (0x01, 0x80):
            changed = bytearray(sent)
            changed[at] ^= bit
            with suppress(FormatError):
                assert bare_photo(bytes(changed)).width > 0


def test_an_interlaced_png_is_counted_pass_by_pass():
    # Pillow writes none: the seven passes of 8 by 8 pixels, each as how many rows of how many columns.
    rows = ((1, 1), (1, 1), (1, 2), (2, 2), (2, 4), (4, 4), (4, 8))
    packed = zlib.compress(b"".join((b"\x00" + bytes([200] * columns)) * count for count, columns in rows))
    head = (8).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x01"
    sent = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    assert pixels(sent) == pixels(bare_photo(sent).data)
    assert pixels(sent)[2] == bytes([200] * 64)


def test_a_photo_of_a_telephone_is_stripped_at_once():
    out = io.BytesIO()
    picture(64, 48).resize((4032, 3024)).save(out, "JPEG", quality=95)
    start = time.thread_time()
    bare_photo(out.getvalue())
    assert fair(time.thread_time() - start, 0.5, lambda: bare_photo(out.getvalue())) < 0.5
