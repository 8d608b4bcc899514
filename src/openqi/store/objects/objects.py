"""What every storage of contents and static files promises; the contract suite of stores runs over each of them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol

LOG: Final = "log"
CHECKPOINT: Final = "checkpoint"


class Publication(Protocol):
    """The static files of a log while somebody brings them up to date. `held` is the checkpoint that was there as it began."""

    held: bytes | None

    def put(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Bring bundles and tiles into their places; a path has one content for ever.

        Raises:
            StoreError: something else lies there, or the storage failed.
        """
        ...

    def finish(self, note: bytes, full: Sequence[str]) -> bool:
        """Return whether the checkpoint now says `note`; not where somebody else replaced `held` meanwhile.

        Args:
            note: the checkpoint. All that was put is durable before it is there.
            full: folders of partial tiles whose full one has come; they are taken away.
        """
        ...


class Objects(Protocol):
    """Keeps contents by their SHA-256, and the static files of one log. Any thread may call any method.

    - *Durable*: what returned is there after a crash. A content that a record names was kept before the record was appended,
      so what a crash leaves between the two is a content that nobody names.
    - *Checked*: a content that comes back is the one of its name.
    - *Forward*: a checkpoint is only ever replaced by a later one of the same log, whoever publishes.
    """

    where: str
    """For errors and people; it never holds a secret."""

    def prepare(self, origin: str) -> None:
        """See to it that these are the objects of the log `origin`; raises StoreError where they are another's."""
        ...

    def put_blob(self, content: bytes) -> str:
        """Keep content durably and return its name; raises DomainError beyond `MAX_BLOB` bytes."""
        ...

    def take_blob(self, name: str, parts: Iterable[bytes]) -> None:
        """Keep a content that comes in parts under a name that was checked, in memory that does not grow with its size."""
        ...

    def blob(self, name: str) -> bytes:
        """Return a content, checked; raises NotFoundError, or StoreError where it was damaged."""
        ...

    def blob_parts(self, name: str) -> Iterator[bytes] | None:
        """Return a content in parts; None where it is not kept. After the last part it is an error if it was damaged."""
        ...

    def blob_names(self) -> Iterator[str]:
        """Yield the name of every content, in order."""
        ...

    def erase_blob(self, name: str) -> None:
        """Forget a content durably; one that is not there stays not there."""
        ...

    def file(self, path: str) -> bytes | None:
        """Return a static file of the log; None where there is none."""
        ...

    def publishing(self) -> AbstractContextManager[Publication]:
        """Lend the static files for bringing them up to date."""
        ...

    def answers(self) -> bool:
        """Return within a few seconds whether the storage can be read now."""
        ...
