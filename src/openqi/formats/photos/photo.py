"""A photo as it is kept: its pixels, and nothing of the place, the camera, the time or whatever else was put into the file."""

from dataclasses import dataclass
from typing import Final, Literal

from openqi.formats.photos.bounds import MAX_BYTES, PhotoError
from openqi.formats.photos.jpeg import bare_jpeg
from openqi.formats.photos.png import bare_png
from openqi.formats.photos.webp import bare_webp

MediaType = Literal["image/jpeg", "image/png", "image/webp"]
_HEIF: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A picture that was stripped to its pixels.

    Args:
        media: what it is, by its content.
        data: the file.
        width, height: in pixels, as stored.
    """

    media: MediaType
    data: bytes
    width: int
    height: int


def bare_photo(data: bytes) -> Photo:
    """Return a photo without Exif, place, thumbnails, comments, profiles, and whatever stands behind its end.

    What the file is called and claims to be is not asked. Pixels are not decoded, but those of PNG are unpacked and counted.
    The turn of a JPEG (upright, lying) is kept, since it is no secret and a picture that lies on its side is hard to read.

    Args:
        data: the file as it was sent, at most 8 MiB.

    Raises:
        PhotoError: no JPEG, PNG or WebP, damaged, animated, too large in bytes or pixels. The message says what to do.

    Source: [T81] annex B; [PNG3] clause 5; [RFC9649] clause 2.
    """
    if len(data) > MAX_BYTES:
        raise PhotoError("large", f"the photo has {len(data)} bytes, and at most {MAX_BYTES} are taken; send it smaller")
    if data.startswith(b"\xff\xd8\xff"):
        return Photo(media="image/jpeg", **bare_jpeg(data))
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Photo(media="image/png", **bare_png(data))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Photo(media="image/webp", **bare_webp(data))
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        raise PhotoError(
            "heic",
            "this is a HEIC or AVIF photo, out of which place and camera cannot be taken here; send it as JPEG "
            "(iPhone: Settings, Camera, Formats, Most Compatible; or take a screenshot of it)",
        )
    raise PhotoError("unknown", "this is no JPEG, PNG or WebP photo, whatever it is called; send a photo or a screenshot")
