// SHA-256, hash trees and exact fractions, as far as the replay of a draw needs them; no library, no network, nothing secret.
// Own SHA-256, since the browser's answers each name with a promise of its own: a list has a hundred thousand of them.
"use strict";
const OpenQINumbers = (() => {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every(p => n % p)) primes.push(n);
  // First 32 bits behind the point of a root of a prime, as FIPS 180-4 has them, out of whole numbers alone.
  const root = (prime, power) => {
    const wanted = BigInt(prime) << BigInt(32 * power);
    let low = 0n, high = 1n << 37n;
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** BigInt(power) <= wanted) low = middle; else high = middle;
    }
    return Number(low & 0xffffffffn) | 0;
  };
  const K = Int32Array.from(primes, prime => root(prime, 3));
  const FIRST = Int32Array.from(primes.slice(0, 8), prime => root(prime, 2));
  const W = new Int32Array(64), TAIL = new Uint8Array(128);

  const compress = (h, text, at) => {
    for (let i = 0; i < 16; i++, at += 4) W[i] = (text[at] << 24) | (text[at + 1] << 16) | (text[at + 2] << 8) | text[at + 3];
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
    for (let i = 0; i < 64; i++) {
      const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (k + S1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      k = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += k;
  };
  const H = new Int32Array(8);
  /** Writes the digest of text[from..to) to out at a place; `start` is the state after `before` bytes that stand in front. */
  const digestInto = (out, place, text, from, to, start = FIRST, before = 0) => {
    H.set(start);
    let at = from;
    for (; at + 64 <= to; at += 64) compress(H, text, at);
    const left = to - at, bits = (before + to - from) * 8, size = left < 56 ? 64 : 128;
    TAIL.fill(0, 0, size);
    for (let i = 0; i < left; i++) TAIL[i] = text[at + i];
    TAIL[left] = 0x80;
    for (let i = 0, rest = bits; i < 7; i++, rest = Math.floor(rest / 256)) TAIL[size - 1 - i] = rest % 256;
    compress(H, TAIL, 0);
    if (size === 128) compress(H, TAIL, 64);
    for (let i = 0; i < 8; i++) {
      const word = H[i];
      out[place + 4 * i] = word >>> 24; out[place + 4 * i + 1] = word >>> 16;
      out[place + 4 * i + 2] = word >>> 8; out[place + 4 * i + 3] = word;
    }
  };
  const sha256 = text => { const out = new Uint8Array(32); digestInto(out, 0, text, 0, text.length); return out; };
  /** The state after a first part of whole blocks, so that what stands in front of every name is hashed once. */
  const stateAfter = text => {
    const state = Int32Array.from(FIRST);
    for (let at = 0; at < text.length; at += 64) compress(state, text, at);
    return state;
  };

  const hex = bytes => Array.from(bytes, one => one.toString(16).padStart(2, "0")).join("");
  const unhex = text => {
    if (!/^([0-9a-f]{2})*$/i.test(text)) throw new RangeError(`no hexadecimal digits: ${text.slice(0, 40)}`);
    return Uint8Array.from(text.match(/../g) || [], one => parseInt(one, 16));
  };
  const utf8 = text => new TextEncoder().encode(text);
  const joined = parts => {
    const out = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
    let at = 0;
    for (const one of parts) { out.set(one, at); at += one.length; }
    return out;
  };
  const whole = (number, bytes) => {
    const out = new Uint8Array(bytes);
    for (let i = bytes - 1, rest = number; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
    return out;
  };
  const measured = part => joined([whole(part.length, 4), part]);
  const compared = (one, from, to, other, start, end) => {
    const least = Math.min(to - from, end - start);
    for (let i = 0; i < least; i++) if (one[from + i] !== other[start + i]) return one[from + i] - other[start + i];
    return (to - from) - (end - start);
  };
  const byBytes = (one, other) => {
    const a = utf8(one), b = utf8(other);
    return compared(a, 0, a.length, b, 0, b.length);
  };

  let since = 0;
  /** Lets the page breathe, where the last pause lies a while back. */
  const pause = async () => {
    if (Date.now() - since < 30) return;
    await new Promise(done => setTimeout(done));
    since = Date.now();
  };
  /** The root of a tree over leaf hashes of 32 bytes each, as RFC 6962 has it; the hashes are overwritten. */
  const treeRoot = async leaves => {
    let count = leaves.length / 32;
    if (!count) return sha256(new Uint8Array(0));
    const node = new Uint8Array(65);
    node[0] = 1;
    while (count > 1) {
      const pairs = count >> 1;
      for (let i = 0; i < pairs; i++) {
        node.set(leaves.subarray(64 * i, 64 * i + 64), 1);
        digestInto(leaves, 32 * i, node, 0, 65);
        if (!(i & 2047)) await pause();
      }
      if (count & 1) leaves.copyWithin(32 * pairs, 64 * pairs, 64 * pairs + 32);
      count = pairs + (count & 1);
    }
    return leaves.slice(0, 32);
  };

  const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a; };
  const lcm = (a, b) => a / gcd(a, b) * b;
  /** Fractions of whole numbers that are not negative, in lowest terms. */
  const fraction = (n, d = 1n) => { const common = gcd(n, d) || 1n; return { n: n / common, d: d / common }; };
  const parsed = text => { const [n, d = "1"] = String(text).split("/"); return fraction(BigInt(n), BigInt(d)); };
  const written = one => one.d === 1n ? `${one.n}` : `${one.n}/${one.d}`;
  const plus = (a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
  const less = (a, b) => fraction(a.n * b.d - b.n * a.d, a.d * b.d);
  const times = (a, b) => fraction(a.n * b.n, a.d * b.d);
  const over = (a, b) => fraction(a.n * b.d, a.d * b.n);
  const order = (a, b) => { const x = a.n * b.d, y = b.n * a.d; return x < y ? -1 : x > y ? 1 : 0; };
  const down = one => one.n / one.d;
  const up = one => (one.n + one.d - 1n) / one.d;
  /** The float near a fraction, good to some 1e-15 of it; it only leaves out what exact numbers need not look at. */
  const near = one => {
    if (!one.n) return 0;
    const shift = one.d.toString(2).length - one.n.toString(2).length + 60;
    const value = shift > 0 ? (one.n << BigInt(shift)) / one.d : one.n / (one.d << BigInt(-shift));
    return Number(value) * 2 ** -shift;
  };
  return Object.freeze({
    byBytes, compared, digestInto, down, fraction, hex, joined, lcm, less, measured, near, order, over, parsed, pause, plus, sha256,
    stateAfter, times, treeRoot, unhex, up, utf8, whole, written,
  });
})();
