"""Pictures of pages that come out the same each time: what chance made is written over, and a palette keeps them small."""

import base64
import struct
import zlib
from typing import Any

STEADY = r"""() => {
  const known = new Map();
  const other = (text, letters) => {
    if (!known.has(text)) known.set(text, known.size + 1);
    let state = known.get(text) * 2654435761 % 4294967296, made = '';
    while (made.length < text.length) {
      state = (state * 1664525 + 1013904223) % 4294967296;
      made += letters[Math.floor(state / 4294967296 * letters.length)];
    }
    return made;
  };
  const HEX = '0123456789abcdef', CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ', BASE = CROCKFORD + 'abcdefghijkmnopqrstuvwxyz';
  const rules = [
    [/\b[0-9a-f]{64}\b/g, HEX], [/\b(?!20\d{6}\b)[0-9a-f]{8}\b(?![-:])/g, HEX], [/(?<=\/21\/)[0-9A-Z]{20}/g, CROCKFORD],
    [/\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/g, CROCKFORD], [/(?<=(?:sha-256[:;]|invitation\/))[\w-]{32,}/g, BASE],
    [/(?<= · )[0-9a-f]{6}$/g, HEX],
  ];
  const steady = text => rules.reduce((now, [rule, letters]) => now.replace(rule, one => other(one, letters)), text)
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:8000');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const before = walker.currentNode.nodeValue, now = steady(before);
    if (now !== before) walker.currentNode.nodeValue = now;
  }
  window.typed = [...document.querySelectorAll('input:not([type=hidden]):not([type=file])')]
    .filter(one => steady(one.value) !== one.value).map(one => [one, one.value]);
  for (const [one] of window.typed) one.value = steady(one.value);
}"""
AS_TYPED = "() => { for (const [one, value] of window.typed) one.value = value; }"
PALETTE = r"""async address => {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const canvas = new OffscreenCanvas(picture.width, picture.height), drawn = canvas.getContext('2d');
  drawn.drawImage(picture, 0, 0);
  const data = new Uint32Array(drawn.getImageData(0, 0, picture.width, picture.height).data.buffer);
  const counts = new Map();
  for (const one of data) counts.set(one & 0xffffff, (counts.get(one & 0xffffff) || 0) + 1);
  const palette = [...counts].sort((one, two) => two[1] - one[1] || one[0] - two[0]).slice(0, MOST).map(one => one[0]);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const apart = (one, two) => [0, 8, 16].reduce((sum, shift) => sum + ((one >> shift & 255) - (two >> shift & 255)) ** 2, 0);
  for (const colour of counts.keys()) {
    if (places.has(colour)) continue;
    let best = 0;
    for (let place = 1; place < palette.length; place++) {
      if (apart(colour, palette[place]) < apart(colour, palette[best])) best = place;
    }
    places.set(colour, best);
  }
  const found = Uint8Array.from(data, one => places.get(one & 0xffffff));
  let text = '';
  for (let start = 0; start < found.length; start += 32768) text += String.fromCharCode(...found.subarray(start, start + 32768));
  return {width: picture.width, height: picture.height, palette, pixels: btoa(text)};
}"""


def taken(page: Any, blank: Any, *, top: int, height: int) -> bytes:
    """Return a picture of a page as PNG.

    Args:
        page: what is shown; what chance made is written over in it, and stays so where it is no field of a form.
        blank: another page of the same browser, in which the picture is worked on.
        top: where it begins, in CSS pixels from the top of the page.
        height: its height at most.
    """
    page.evaluate("document.activeElement && document.activeElement.blur()")
    page.evaluate(STEADY)
    size, whole = page.viewport_size, page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": top, "width": size["width"], "height": min(height, whole - top)}
    picture = page.screenshot(full_page=True, clip=clip, animations="disabled", caret="hide")
    page.evaluate(AS_TYPED)
    return small(blank, picture)


def small(blank: Any, picture: bytes, most: int = 96) -> bytes:
    """Return a PNG with a palette of the most frequent colours; what is rarer, mostly edges of letters, becomes the nearest."""
    address = "data:image/png;base64," + base64.b64encode(picture).decode()
    found = blank.evaluate(PALETTE.replace("MOST", str(most)), address)
    width, height, pixels = found["width"], found["height"], base64.b64decode(found["pixels"])
    lines = b"".join(b"\0" + pixels[start : start + width] for start in range(0, width * height, width))
    palette = b"".join(struct.pack("<I", colour)[:3] for colour in found["palette"])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, content) for name, content in parts)


def alike(one: bytes, other: bytes, most: int = 40) -> bool:
    """Return whether two pictures made here differ in a few dots at most: a browser does not draw every edge the same each time."""
    (first, shown), (second, drawn) = _read(one), _read(other)
    if first != second:
        return False
    return (
        sum(before != after for a, b in zip(shown, drawn, strict=True) if a != b for before, after in zip(a, b, strict=True))
        <= most
    )


def _read(picture: bytes) -> tuple[bytes, list[bytes]]:
    """The header of a picture made here, and its colours: red, green, blue."""
    parts, place = {}, 8
    while place < len(picture):
        size, name = struct.unpack(">I4s", picture[place : place + 8])
        parts[name], place = picture[place + 8 : place + 8 + size], place + size + 12
    dots, palette = zlib.decompress(parts[b"IDAT"]), parts[b"PLTE"].ljust(768, b"\0")
    return parts[b"IHDR"], [dots.translate(palette[channel::3]) for channel in range(3)]


def _part(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
