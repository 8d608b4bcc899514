// The proof of one mark, checked in the reader's own browser: no network, no library. What is not checked here is said to be so.
"use strict";
const OpenQIMark = (() => {
  const N = OpenQINumbers, text = bytes => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const same = (one, other) => one.length === other.length && one.every((byte, i) => byte === other[i]);
  const unbase64 = told => Uint8Array.from(atob(told.replace(/-/g, "+").replace(/_/g, "/")), one => one.charCodeAt(0));
  const demand = (holds, why) => { if (!holds) throw new Error(why); };

  /** The files of a stored zip by their names, as its directory at the end lists them. */
  const files = zip => {
    const at = zip.length - 22, view = new DataView(zip.buffer, zip.byteOffset), found = new Map();
    demand(at >= 0 && view.getUint32(at, true) === 0x06054b50, "the proof is cut or damaged");
    let place = view.getUint32(at + 16, true);
    for (let left = view.getUint16(at + 10, true); left > 0; left--) {
      demand(view.getUint32(place, true) === 0x02014b50 && view.getUint16(place + 10, true) === 0, "the proof is damaged");
      const size = view.getUint32(place + 24, true), name = view.getUint16(place + 28, true), start = view.getUint32(place + 42, true);
      const body = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
      const path = text(zip.subarray(place + 46, place + 46 + name));
      demand(!found.has(path) && body + size <= zip.length, "the proof is damaged");
      found.set(path, zip.subarray(body, body + size));
      place += 46 + name + view.getUint16(place + 30, true) + view.getUint16(place + 32, true);
    }
    return found;
  };

  const leafHash = data => N.sha256(N.joined([Uint8Array.of(0), data]));
  const nodeHash = (left, right) => N.sha256(N.joined([Uint8Array.of(1), left, right]));
  /** The root that a leaf and its path lead to in a tree of `size` leaves. Source: RFC 9162 section 2.1.3.2. */
  const rootOf = (leaf, index, size, path) => {
    demand(Number.isSafeInteger(index) && index >= 0 && index < size, "a place lies outside of its tree");
    let at = BigInt(index), last = BigInt(size) - 1n, node = leaf;
    for (const other of path) {
      demand(last > 0n, "a path is too long");
      if (at & 1n || at === last) {
        node = nodeHash(other, node);
        while (!(at & 1n) && at > 0n) { at >>= 1n; last >>= 1n; }
      } else node = nodeHash(node, other);
      at >>= 1n; last >>= 1n;
    }
    demand(last === 0n, "a path is too short");
    return node;
  };

  /** Whether a checkpoint is signed by the log that a policy names. */
  const checkpointOf = (note, policy) => {
    const cut = note.indexOf("\n\n"), signed = note.slice(0, cut + 1), [origin, size, root] = signed.split("\n");
    const key = policy.split("\n").map(line => /^log ([^ +]+)\+([0-9a-f]{8})\+(.+)$/.exec(line)).find(one => one && one[1] === origin);
    demand(cut > 0 && key, "no key of the log is at hand");
    const stated = unbase64(key[3]), id = N.sha256(N.joined([N.utf8(`${origin}\n`), stated])).slice(0, 4);
    demand(stated[0] === 1 && stated.length === 33 && N.hex(id) === key[2], "the key of the log is not the one that is named");
    const line = note.slice(cut + 2).split("\n").find(one => one.startsWith(`\u2014 ${origin} `));
    const signature = line ? unbase64(line.slice(origin.length + 3)) : new Uint8Array(0);
    demand(same(signature.slice(0, 4), id), "the log has not signed its state");
    demand(OpenQIProof.signed(stated.slice(1), N.utf8(signed), signature.slice(4)), "the log's signature does not hold");
    return { origin, size: Number(size), root: unbase64(root) };
  };

  const payload = jws => JSON.parse(text(unbase64(text(jws).split(".")[1])));
  const keyOf = (parts, kid) => {
    for (const [path, jws] of parts) {
      if (!path.startsWith("records/")) continue;
      const body = payload(jws).credentialSubject || {}, stated = JSON.stringify(body);
      if (!stated.includes(kid)) continue;
      const found = [...(body.body?.keys || body.keys || []), body.body?.key || body.key].find(one => one && one.kid === kid);
      if (found) return unbase64(found.public);
    }
    return null;
  };

  /** What is proved of a mark: {origin, size, issuer, sealed}. Throws an Error that says which step does not hold. */
  const checked = (zip, uri) => {
    const parts = files(zip), manifest = JSON.parse(text(parts.get("manifest.json"))), item = JSON.parse(text(parts.get("item.json")));
    const jws = parts.get(`records/${manifest.target}`), entry = manifest.entries.find(one => one.id === manifest.target);
    demand(jws && entry && N.hex(N.sha256(jws)) === manifest.target && item.record === manifest.target, "the record is another");
    const note = text(parts.get(`checkpoints/${entry.origin}`)), state = checkpointOf(note, text(parts.get("policy.txt")));
    const root = rootOf(leafHash(jws), entry.index, state.size, entry.path.map(unbase64));
    demand(same(root, state.root), "the record is not in the log");
    const [head, , signature] = text(jws).split("."), kid = JSON.parse(text(unbase64(head))).kid, key = keyOf(parts, kid);
    demand(key, "the key of the issuer is not at hand");
    const x = btoa(String.fromCharCode(...key)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    const thumb = N.sha256(N.utf8(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`));
    demand(kid.endsWith(`:${btoa(String.fromCharCode(...thumb)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}`), "the key is another");
    const signed = text(jws).slice(0, text(jws).lastIndexOf("."));
    demand(OpenQIProof.signed(key, N.utf8(signed), unbase64(signature)), "the issuer's signature does not hold");
    const told = payload(jws), items = (told.credentialSubject.body || told.credentialSubject).items;
    const row = N.utf8(JSON.stringify(item.row));
    demand(N.hex(rootOf(leafHash(row), item.leaf, items.count, item.path.map(unbase64))) === items.root, "the mark is not in the record");
    const name = btoa(String.fromCharCode(...N.sha256(N.utf8(uri)))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    demand(item.row.mark === `ni:///sha-256;${name}`, "the proof is of another mark");
    return { origin: state.origin, size: state.size, issuer: told.issuer?.id || told.issuer, sealed: told.validFrom };
  };

  if (typeof document !== "undefined") {
    const box = document.getElementById("checked");
    if (box) {
      const show = (name, more) => {
        for (const one of box.querySelectorAll("[data-when]")) one.hidden = one.dataset.when !== name;
        for (const [field, value] of Object.entries(more)) for (const one of box.querySelectorAll(`[data-field=${field}]`)) one.textContent = value;
      };
      try {
        const address = document.getElementById("proof").href;
        show("holds", checked(unbase64(address.slice(address.indexOf(",") + 1)), box.dataset.mark));
      } catch (error) { show("fails", { why: error.message }); }
    }
  }
  return Object.freeze({ checked, rootOf });
})();
