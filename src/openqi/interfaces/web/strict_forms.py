"""What a browser sends as a form, read strictly: bounded in fields, files and bytes, and never text that is something else."""

from collections.abc import AsyncGenerator
from typing import Final

from starlette.datastructures import FormData
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from openqi.kernel.errors import FormatError

FIELDS: Final = 2000
"""Fields that a form may have."""
_BROKEN: Final = "\ufffd"


class _Strict(MultiPartParser):
    """Refuses a field that is not in the encoding that was stated, instead of guessing another for it."""

    def on_part_end(self) -> None:
        """Take a part in."""
        if self._current_part.file is None:
            try:
                self._current_part.data.decode(self._charset)
            except UnicodeDecodeError as error:
                raise MultiPartException(f"the field {self._current_part.field_name[:80]!r} is not UTF-8") from error
        super().on_part_end()


class TooLargeError(FormatError):
    """A form is larger than is taken; it was not read to its end."""


class _TooLarge(MultiPartException):
    """Ends the reading of a form, so that its parser lets go of the files that it has begun."""


async def _bounded(request: Request, whole: int | None) -> AsyncGenerator[bytes, None]:
    got = 0
    async for piece in request.stream():
        got += len(piece)
        if whole is not None and got > whole:
            raise _TooLarge(f"it has more than {whole} bytes")
        yield piece


async def form_sent(request: Request, *, files: int, most: int, whole: int | None = None) -> FormData:
    """Return the fields and files of a form; whoever asks closes it.

    Args:
        request: with the form.
        files: how many files it may carry.
        most: bytes of one part that is no file.
        whole: bytes of all of it, files too; None where somebody else has looked at its length.

    Raises:
        TooLargeError: it is larger.
        FormatError: it has more fields or files, a part is larger, or a text is not in UTF-8; the message says which.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    parser: FormParser | MultiPartParser
    if media == "multipart/form-data":
        parser = _Strict(request.headers, _bounded(request, whole), max_files=files, max_fields=FIELDS, max_part_size=most)
    elif media == "application/x-www-form-urlencoded":
        parser = FormParser(request.headers, _bounded(request, whole), max_fields=FIELDS, max_part_size=most)
    else:
        return FormData()
    try:
        form = await parser.parse()
    except _TooLarge as error:
        raise TooLargeError(f"this form is too large: {error.message}") from error
    except MultiPartException as error:
        raise FormatError(f"this is no form that is taken here: {error.message}") from error
    for name, value in form.multi_items():
        if _BROKEN in name or (isinstance(value, str) and _BROKEN in value):
            await form.close()
            raise FormatError(f"the field {name[:80]!r} is not UTF-8; send the form in UTF-8, as browsers do")
    return form
