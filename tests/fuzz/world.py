"""The good examples that bad bytes are made of, and the functions that read more than one thing at once."""

from typing import Any

from fuzz.mutate import changed_json
from openqi.app.dossiers import verified
from openqi.evidence.batch import parse_item, verify_item
from openqi.evidence.batching import batch_of, items
from openqi.evidence.canonical import base64url, base64url_bytes, canonical_bytes, parse_canonical
from openqi.evidence.keys import KeyRing, key_rings
from openqi.evidence.log.foreign import Admission
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.note import parse_checkpoint, parse_note, verified_signature
from openqi.evidence.log.policy import parse_policy, trusted
from openqi.evidence.log.proof import LogProof, parse_proof, verify_proof
from openqi.evidence.log.tiles import encode_bundle
from openqi.evidence.log.witness import witness_state
from openqi.evidence.record import Logged, log_entry, parse_record
from openqi.evidence.view import parse_basis
from openqi.records import check_kind
from stage import Forge, Stage


class World:
    """Where the good examples come from."""

    def __init__(self) -> None:
        stage = self.stage = Stage()
        self.verdict = stage.judged()
        self.second = stage.ledger.countersign(self.verdict.id, stage.reviewer, stage.reviewer.key)
        self.sealed = stage.result(visible_to=())
        self.batch, self.content = batch_of([{"item": str(number), "value": "1.0"} for number in range(9)])
        stage.store.put_blob(self.content)
        self.forge, self.policy = Forge.of(stage), stage.policy
        self.held = parse_policy(self.policy)
        self.dossier = stage.dossier(self.verdict)
        self.sealing = stage.dossier(self.sealed)
        entry = self.forge.enclosed(self.verdict)
        self.note = self.forge.checkpoint
        self.proof = LogProof(index=entry.index, path=entry.path, checkpoint=parse_note(self.note), extra=b"x").encode()
        self.item = items(self.verdict.id, self.batch, self.content, [3])[0]
        self.admission = Admission(
            record=self.verdict.id, origin=self.forge.origin, index=entry.index, path=entry.path, checkpoint=self.note
        )
        self.signers = (stage.operator, stage.laboratory, stage.standards_body, stage.assessor, stage.reviewer)
        self.signed_seeds = [record.jws for record in self.forge.records]
        self.bundle = encode_bundle(self.forge.entries[:5])

    def signed(self, data: bytes) -> object:
        """What an insider may do: any subject of a record, signed with a key that counts, logged, packed, verified."""
        original = parse_record(self.signed_seeds[sum(data[:1]) % len(self.signed_seeds)])
        payload = parse_canonical(base64url_bytes(original.jws.split(b".")[1].decode()))
        payload["credentialSubject"] = changed_json(payload["credentialSubject"], data)
        message = original.jws.split(b".")[0] + b"." + base64url(canonical_bytes(payload)).encode()
        signer = next(one for one in self.signers if one.party == original.issuer)
        record = parse_record(message + b"." + base64url(signer.key.sign(message)).encode())
        forge = Forge(origin=self.forge.origin, records=[*self.forge.records, record])
        opened = {one.id: one for one in forge.records}
        for target in (record, self.verdict):
            report = verified(forge.parts(target, self.policy).encode(), policy=self.policy, log=forge.whole(opened))
        return report

    def fsck(self, data: bytes) -> object:
        """A log whose files a stranger serves: the input is cut into checkpoint and bundle at its first zero byte."""
        head, _, rest = data.partition(b"\0\0\0")

        def read(path: str) -> bytes:
            return head if path == "checkpoint" else rest[: 32 * 300] if path.startswith("tile/0") else rest

        return fsck(read, policy=self.held)

    def ring(self, record: Any) -> object:
        """Whether a key ring survives a record about keys."""
        rings, refused = key_rings([Logged(index=0, record=record, origin="o", origin_index=0)])
        return rings, refused, KeyRing().apply(3, record)

    def record(self, data: bytes) -> object:
        """Parse, check the kind, the basis and the keys of a record that anybody sent."""
        record = parse_record(data)
        try:
            self.ring(record)
        finally:
            if record.basis is not None:
                parse_basis(record.basis)
            check_kind(record.statement)
        return record

    def verify_note(self, data: bytes) -> object:
        """Parse a note and check it by the policy and as a witness."""
        note = parse_note(data)
        for key in self.held.logs:
            verified_signature(note, key)
        held = parse_checkpoint(parse_note(self.note))
        witness_state(held, parse_checkpoint(note), held.size, [])
        return trusted(note, self.held)

    def verify_item(self, data: bytes) -> object:
        """Parse an item and check it against its batch."""
        return verify_item(parse_item(data), self.batch)

    def verify_proof(self, data: bytes) -> object:
        """Parse a proof and check it."""
        return verify_proof(parse_proof(data), log_entry(self.verdict), self.held)
