"""Which objects belong to a ledger's folder: those of a bucket where the folder says so."""

import os
from pathlib import Path
from typing import NoReturn

from openqi.kernel.errors import StoreError
from openqi.store.files import Folder
from openqi.store.objects.address import URL, credentials, parse_address
from openqi.store.objects.bucket import Bucket
from openqi.store.objects.folder import FolderObjects
from openqi.store.objects.objects import Objects
from openqi.store.objects.s3 import Alone, BucketObjects


def bucket_objects(url: str, alone: Alone) -> BucketObjects:
    """Return the objects below the prefix that a URL names; nothing is asked yet.

    Raises:
        DomainError: it is no such URL, there are no credentials, or the driver is not installed.
    """
    address = parse_address(url, os.environ)
    return BucketObjects(Bucket(address, credentials(address, os.environ)), alone)


def objects_beside(folder: Path, alone: Alone) -> BucketObjects | None:
    """Return the objects of a ledger's folder if they lie in a bucket; raises as `bucket_objects`."""
    try:
        text = (folder / URL).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    return bucket_objects(text.split("\n")[0], alone)


def reading_objects(folder: Path) -> Objects:
    """Return the objects of a ledger's folder for whoever does not publish; raises as `bucket_objects`."""
    return objects_beside(folder, nobody) or FolderObjects(Folder(folder))


def nobody(_: bool) -> NoReturn:
    """Lend the right to publish to nobody: only the store of a ledger publishes."""
    raise StoreError("only the store of a ledger publishes its log")
