"""The private keys of a workspace: one encrypted file, out of which each party's key grows; a party may bring its own."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from openqi.app.files import new_key, unlocked
from openqi.evidence.algorithms.signing import SigningKey, signing_key

VAULT: Final = "vault.key"


class Keys:
    """Unlocks keys when they are asked for, and not before: an unchanged build needs none.

    Args:
        folder: of the workspace's own files.
        passphrase: gives the passphrase of a key file, when it is needed.
    """

    def __init__(self, folder: Path, passphrase: Callable[[Path], str]) -> None:
        self._folder, self._passphrase = folder, passphrase
        self._opened: dict[Path, SigningKey] = {}

    @property
    def vault(self) -> Path:
        """The file that the parties' keys grow from."""
        return self._folder / VAULT

    def found(self) -> None:
        """Make the vault; raises RefusedError where there is one."""
        self._opened[self.vault] = new_key(self.vault, self._passphrase(self.vault))

    def of(self, party: str, own: Path | None = None) -> SigningKey:
        """Return the key of a party, by its URI.

        Args:
            party: URI.
            own: key file of its own, None for the key that is kept here.

        Raises:
            NotFoundError, FormatError: there is no key file.
            RefusedError: the passphrase is wrong.
        """
        if own is not None:
            return self._unlocked(own)
        # One guess of the passphrase costs a third of a second; a key a party would cost that for every party.
        return signing_key(self._derived(b"openqi workspace party\n" + party.encode()))

    def of_draw(self, draw: str) -> bytes:
        """Return the secret of an unannounced draw, by its URI: 32 bytes; raises as `of`."""
        return self._derived(b"openqi workspace hidden draw\n" + draw.encode())

    def _derived(self, info: bytes) -> bytes:
        master = self._unlocked(self.vault)
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master.private)

    def _unlocked(self, path: Path) -> SigningKey:
        if path not in self._opened:
            self._opened[path] = unlocked(path, self._passphrase(path))
        return self._opened[path]


def passphrase_beside(folder: Path) -> str | None:
    """Return the passphrase that lies beside the keys, as a demonstration has it; None where there is none."""
    path = folder / "passphrase"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def put_passphrase_beside(folder: Path) -> None:
    """Lay a new passphrase beside the keys: for trying out, since it protects them no better than the folder does."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / "passphrase", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(os.urandom(16).hex() + "\n")
