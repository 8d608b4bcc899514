"""Keys that the station keeps for people: encrypted at the desk, opened only for a person who has just proved who they are."""

from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from sqlalchemy import Connection, delete, insert, select

from openqi.app.ledger import Signer
from openqi.app.people.visitor import Hat, Visitor, check_fresh
from openqi.evidence.algorithms.signing import SigningKey, signing_key
from openqi.kernel.errors import RefusedError, StoreError
from openqi.store.desk.desk import Desk
from openqi.store.desk.people import KEYS

_SEED: Final = 32


class Custody:
    """Keeps keys.

    Args:
        desk: where they lie, encrypted.
        secret: the station's passphrase; all keys are as safe as it is.
        origin: name of the log, which is bound into what is derived.
        chance: as many random bytes as asked for.
    """

    def __init__(self, desk: Desk, *, secret: str, origin: str, chance: Callable[[int], bytes]) -> None:
        self._desk, self._chance = desk, chance
        # Once at the start: a third of a second, and 128 MiB for whoever guesses.
        stretched = Scrypt(salt=b"openqi custody\n" + origin.encode(), length=32, n=2**17, r=8, p=1).derive(secret.encode())
        self._stretched = stretched
        self._cipher = ChaCha20Poly1305(self._grown(b"kept keys 1"))

    def _grown(self, info: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._stretched)

    def derived(self, name: str) -> bytes:
        """Return 32 secret bytes that grow from the station's passphrase under a name, the same every time."""
        return self._grown(b"derived 1\n" + name.encode())

    def new_seed(self) -> bytes:
        """Return what a new key grows from."""
        return self._chance(_SEED)

    def keep(self, connection: Connection, membership: str, party: str, seed: bytes) -> None:
        """Keep the key of a membership in the transaction of a connection."""
        kid, nonce = signing_key(seed).public_key.kid, self._chance(12)
        sealed = self._cipher.encrypt(nonce, seed, _bound(membership, party, kid))
        connection.execute(insert(KEYS), {"membership": membership, "kid": kid, "nonce": nonce, "sealed": sealed})

    def forget(self, connection: Connection, membership: str) -> None:
        """Forget the key of a membership in the transaction of a connection."""
        connection.execute(delete(KEYS).where(KEYS.c.membership == membership))

    def signer(self, visitor: Visitor) -> Signer:
        """Return the party of the hat that is worn, with the key that is kept for this person.

        Raises:
            RefusedError: `hat-worn`, `own-key` (none is kept here), or `fresh-session` (prove again who you are).
            StoreError: what is kept was changed, or the station's passphrase is another than it was.
        """
        hat = visitor.hat
        if hat is None:
            raise RefusedError("hat-worn", "choose for which organisation you act; if there is none, ask for an invitation")
        if not hat.kept:
            raise RefusedError("own-key", f"no key of yours for {hat.party} is kept here; sign with your own file, or ask for one")
        check_fresh(visitor)
        return Signer(party=hat.party, key=self._opened(hat))

    def _opened(self, hat: Hat) -> SigningKey:
        found = self.kept(hat.membership, hat.party)
        if found is None:
            raise RefusedError("own-key", f"no key of yours for {hat.party} is kept here; sign with your own file, or ask for one")
        return found

    def kept(self, membership: str, party: str) -> SigningKey | None:
        """Return the key that is kept for a membership; None where there is none. The caller has asked whether it may sign.

        Raises:
            StoreError: what is kept was changed, or the station's passphrase is another than it was.
        """
        with self._desk.reading() as connection:
            found = connection.execute(select(KEYS).where(KEYS.c.membership == membership)).one_or_none()
        if found is None:
            return None
        try:
            seed = self._cipher.decrypt(bytes(found.nonce), bytes(found.sealed), _bound(membership, party, found.kid))
        except InvalidTag as error:
            raise StoreError(
                "a kept key does not open: the station's passphrase is another one, or the desk was changed"
            ) from error
        return signing_key(seed)


def _bound(membership: str, party: str, kid: str) -> bytes:
    """What a kept key is bound to, so that nobody can lay one person's key under another's name."""
    return f"openqi kept key 1\n{membership}\n{party}\n{kid}".encode()
