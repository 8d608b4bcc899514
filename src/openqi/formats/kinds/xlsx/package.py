"""The zip around a workbook and the XML in it, read with bounds: no bomb unfolds, no entity is declared, nothing is fetched."""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers import expat

from openqi.formats.table import MAX_CELL
from openqi.kernel.errors import FormatError

_MAX_PARTS: Final = 10_000
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED: Final = 1
_CHUNK: Final = 2**20

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str, str], None]


class Package:
    """The parts of a workbook by their path."""

    def __init__(self, data: bytes, name: str, max_unpacked: int) -> None:
        self.name = name
        if data.startswith(_OLE):
            raise self.error("an old .xls workbook or one with a password; save it as .xlsx without one")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
            raise self.error(f"not an XLSX workbook, no zip: {error}") from error
        infos = self._zip.infolist()
        self.paths = {info.filename.lower(): info for info in infos}
        unpacked = sum(info.file_size for info in infos)
        if len(self.paths) != len(infos) or len(infos) > _MAX_PARTS:
            raise self.error(f"two parts of one name, or more than {_MAX_PARTS}; save it again")
        # Nothing can be larger than it says: a part is read up to the size stated for it, and then its checksum must fit.
        if unpacked > max_unpacked:
            raise self.error(f"{unpacked} bytes unpacked; at most {max_unpacked} are read, split the workbook")

    def error(self, message: str, place: str = "1") -> FormatError:
        """Return an error about the workbook, to be raised."""
        return FormatError(f"{self.name}:{place}: {message}")

    def parse(self, path: str, start: Start, end: End) -> None:
        """Call `start(tag, attributes)` and `end(tag, text)` for each element of a part, tags without their prefix.

        The text is that since the last start or end. Raises FormatError for a part that is missing, encrypted or damaged,
        that is no XML, declares a document type, or holds a text longer than a cell may be.
        """
        texts: list[str] = []

        def begin(tag: str, attributes: dict[str, str]) -> None:
            texts.clear()
            start(tag.rpartition(":")[2] if ":" in tag else tag, attributes)

        def finish(tag: str) -> None:
            end(tag.rpartition(":")[2] if ":" in tag else tag, "".join(texts))
            texts.clear()

        def text(more: str) -> None:
            texts.append(more)
            if len(more) > MAX_CELL or (len(texts) > 1 and sum(map(len, texts)) > MAX_CELL):
                raise self.error(f"a text of more than {MAX_CELL} characters in {path}")

        def declared(*_: object) -> None:
            raise self.error(f"{path} declares a document type; no spreadsheet program writes that")

        # The encoding is fixed, so that nothing can be hidden in another; expat expands no entity that was not declared.
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.buffer_size = MAX_CELL + 1
        parser.StartElementHandler, parser.EndElementHandler = begin, finish
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, declared
        content = self._content(path)
        try:
            for place in range(0, len(content), _CHUNK):
                parser.Parse(content[place : place + _CHUNK], False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self.error(f"{path} is no XML in UTF-8: {error}; save the workbook again") from error

    def _content(self, path: str) -> bytes:
        info = self.paths.get(path.lower())
        if info is None:
            raise self.error(f"it has no part {path[:200]}; save it again")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or info.flag_bits & _ENCRYPTED:
            raise self.error(f"{path[:200]} is encrypted or packed in an unusual way; save it again without a password")
        try:
            # Never read without a number: then zipfile unpacks all there is before it looks at the size that was stated.
            with self._zip.open(info) as part:
                content = part.read(info.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
            raise self.error(f"{path[:200]} is damaged: {error}; save it again") from error
        if len(content) != info.file_size:
            raise self.error(f"{path[:200]} is shorter than stated; save it again")
        return content
