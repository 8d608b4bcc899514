"""Files that users name: read whole within a bound, written whole or not at all; the passphrase-protected keys among them."""

import os
from pathlib import Path
from typing import Final

from openqi.evidence.algorithms.algorithm import PublicKey, algorithm, public_key
from openqi.evidence.algorithms.signing import SigningKey, signing_key
from openqi.evidence.canonical import base64url, base64url_bytes, canonical_bytes, parse_canonical
from openqi.evidence.keyfile import CHANCE, FORMAT, decrypted, encrypted
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError

MAX_KEY: Final = 10_000


def read_file(path: Path, limit: int) -> bytes:
    """Return the content of a file of at most `limit` bytes.

    Raises:
        NotFoundError: there is no such file, or it is a folder.
        FormatError: it is larger.
        OSError: the system does not let it be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(f"there is no file {path}; check the path") from error
    except IsADirectoryError as error:
        raise NotFoundError(f"{path} is a folder, a file is wanted here") from error
    if len(data) > limit:
        raise FormatError(f"{path} is larger than the {limit} bytes that are accepted here")
    return data


def write_file(path: Path, data: bytes, *, secret: bool = False, replace: bool = True) -> None:
    """Write a file so that it is seen whole or not at all, and stays.

    Args:
        path: where; its folder exists.
        data: the content.
        secret: only the owner may read it.
        replace: whether a file that is there may be replaced; a key never is.

    Raises:
        RefusedError: something is there and is not to be replaced.
        NotFoundError: the folder does not exist.
        OSError: the system does not let it be written.
    """
    if path.exists() and not path.is_file() and replace:
        path.write_bytes(data)  # a device or pipe such as /dev/stdout is written to, never replaced; a folder is an OSError
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    mode = 0o600 if secret else 0o666
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except NotADirectoryError as error:
        raise NotFoundError(f"{path.parent} is a file, not a folder; name a folder") from error
    except FileNotFoundError as error:
        if path.parent.is_dir():  # as in /proc, where nothing new can be
            raise
        raise NotFoundError(f"there is no folder {path.parent}; make it first") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            aside.replace(path)
        else:
            _put_new(aside, path)
        sync_folder(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _put_new(aside: Path, path: Path) -> None:
    """A link, unlike a rename, fails where the name is taken, also when somebody takes it at this very moment."""
    try:
        path.hardlink_to(aside)
    except FileExistsError as error:
        raise RefusedError("file-exists", f"{path} exists and is not overwritten; choose another name") from error
    except OSError:
        if path.exists():
            raise
        aside.replace(path)  # a file system without links, such as that of a memory stick


def sync_folder(folder: Path) -> None:
    """Make durable which names there are in a folder, where the system has a way to do it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_new_key(path: Path, *, name: str) -> None:
    """Raise unless a key can be made there: RefusedError (a file is there), NotFoundError (no folder, no such algorithm)."""
    algorithm(name)
    if not path.parent.is_dir():
        raise NotFoundError(f"there is no folder {path.parent}; make it first")
    if path.exists():
        raise RefusedError("file-exists", f"{path} exists and is not overwritten; choose another name")


def new_key(path: Path, passphrase: str, *, name: str = "Ed25519") -> SigningKey:
    """Return a new key, kept in a key file that only its owner may read.

    Args:
        path: of the file; nothing may be there.
        passphrase: encrypts it.
        name: algorithm.

    Raises:
        RefusedError: a file is there, or the passphrase is too short.
        NotFoundError: the algorithm is not known, or the folder does not exist.
    """
    seed = os.urandom(algorithm(name).seed_size)
    write_file(path, encrypted(seed, passphrase, os.urandom(CHANCE), algorithm=name), secret=True, replace=False)
    return signing_key(seed, name)


def unlocked(path: Path, passphrase: str) -> SigningKey:
    """Return the signing key in a key file.

    Raises:
        NotFoundError, FormatError: there is no key file.
        RefusedError: the passphrase is wrong.
    """
    try:
        return decrypted(read_file(path, MAX_KEY), passphrase)
    except RefusedError as error:
        raise RefusedError(error.rule, f"{path}: the passphrase is wrong, or the key file was changed") from error
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from error


def public_half(path: Path) -> PublicKey:
    """Return the public key that a key file, or a file with a public key alone, states; no passphrase is needed.

    Raises:
        NotFoundError, FormatError: the file states no key.
    """
    data = read_file(path, MAX_KEY).strip()
    try:
        stated = parse_canonical(data, limit=MAX_KEY)
        if type(stated) is dict and "format" in stated:
            if stated["format"] != FORMAT:
                raise FormatError(f"a key file of version {str(stated['format'])[:40]!r}; this version reads {FORMAT}")
            stated = stated.get("key")
        return public_key(stated)
    except FormatError as error:
        raise FormatError(f"{path} states no key: {error}") from error


def public_text(key: PublicKey) -> str:
    """Return a public key as one word that can be sent to somebody: `Ed25519:` and its base64url."""
    return f"{key.algorithm}:{base64url(key.data)}"


def named_key(text: str) -> PublicKey:
    """Return the public key that `text` names: the path of a file that states it, or the word of `public_text`.

    Raises:
        NotFoundError, FormatError: neither.
    """
    name, found, data = text.partition(":")
    if found and name.replace("-", "").isalnum() and not Path(text).exists():
        key = PublicKey(algorithm=algorithm(name).name, data=base64url_bytes(data))
        return public_key(key.as_json())
    return public_half(Path(text))


def public_file(key: PublicKey) -> bytes:
    """Return the content of a file that states a public key alone."""
    return canonical_bytes(key.as_json()) + b"\n"
