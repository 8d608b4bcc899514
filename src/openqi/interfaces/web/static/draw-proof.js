// The proof of unannounced visits, checked: ECVRF-EDWARDS25519-SHA512-TAI of RFC 9381 in whole numbers. Only checking stands
// here, with nothing secret, so that nobody can learn from how long it takes.
"use strict";
const OpenQIProof = (() => {
  const N = OpenQINumbers;
  const MASK = (1n << 64n) - 1n;
  const primes = [];
  for (let n = 2; primes.length < 80; n++) if (primes.every(p => n % p)) primes.push(n);
  /** The first 64 bits behind the point of a root of a prime, as FIPS 180-4 has them. */
  const root = (prime, power) => {
    const wanted = BigInt(prime) << BigInt(64 * power);
    let low = 0n, high = 1n << 69n;
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** BigInt(power) <= wanted) low = middle; else high = middle;
    }
    return low & MASK;
  };
  const K = primes.map(prime => root(prime, 3)), FIRST = primes.slice(0, 8).map(prime => root(prime, 2));
  const turned = (x, by) => ((x >> BigInt(by)) | (x << BigInt(64 - by))) & MASK;
  const big = bytes => bytes.reduce((sum, one) => (sum << 8n) | BigInt(one), 0n);
  const little = bytes => big(Array.from(bytes).reverse());
  const sha512 = text => {
    const size = 128 * Math.ceil((text.length + 17) / 128), padded = new Uint8Array(size);
    padded.set(text);
    padded[text.length] = 0x80;
    padded.set(N.whole(text.length * 8, 6), size - 6);
    let h = [...FIRST];
    for (let at = 0; at < size; at += 128) {
      const w = Array.from({ length: 16 }, (_, i) => big(padded.subarray(at + 8 * i, at + 8 * i + 8)));
      for (let i = 16; i < 80; i++) {
        const s0 = turned(w[i - 15], 1) ^ turned(w[i - 15], 8) ^ (w[i - 15] >> 7n);
        const s1 = turned(w[i - 2], 19) ^ turned(w[i - 2], 61) ^ (w[i - 2] >> 6n);
        w.push((w[i - 16] + s0 + w[i - 7] + s1) & MASK);
      }
      let [a, b, c, d, e, f, g, k] = h;
      for (let i = 0; i < 80; i++) {
        const one = (k + (turned(e, 14) ^ turned(e, 18) ^ turned(e, 41)) + ((e & f) ^ (~e & MASK & g)) + K[i] + w[i]) & MASK;
        const two = ((turned(a, 28) ^ turned(a, 34) ^ turned(a, 39)) + ((a & b) ^ (a & c) ^ (b & c))) & MASK;
        [k, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK, c, b, a, (one + two) & MASK];
      }
      h = [a, b, c, d, e, f, g, k].map((one, i) => (one + h[i]) & MASK);
    }
    return N.unhex(h.map(one => one.toString(16).padStart(16, "0")).join(""));
  };

  // The curve, with x = X / Z, y = Y / Z, x y = T / Z, as RFC 8032 section 5.1 adds.
  const P = 2n ** 255n - 19n, ORDER = 2n ** 252n + 27742317777372353535851937790883648493n, NEUTRAL = [0n, 1n, 1n, 0n];
  const mod = x => { const found = x % P; return found < 0n ? found + P : found; };
  const power = (base, exponent) => {
    let found = 1n;
    for (let x = mod(base); exponent; exponent >>= 1n, x = x * x % P) if (exponent & 1n) found = found * x % P;
    return found;
  };
  const inverse = x => power(x, P - 2n);
  const D = mod(-121665n * inverse(121666n)), HALF = power(2n, (P - 1n) / 4n);
  const added = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
    const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2)), c = mod(2n * t1 * t2 * D), d = mod(2n * z1 * z2);
    const e = b - a, f = d - c, g = d + c, h = b + a;
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  };
  const negated = ([x, y, z, t]) => [mod(-x), y, z, mod(-t)];
  const times = (number, point) => {
    let found = NEUTRAL;
    for (; number; number >>= 1n, point = added(point, point)) if (number & 1n) found = added(found, point);
    return found;
  };
  const same = (one, other) => !mod(one[0] * other[2] - other[0] * one[2]) && !mod(one[1] * other[2] - other[1] * one[2]);
  const encoded = ([x, y, z]) => {
    const over = inverse(z), number = mod(y * over) | ((mod(x * over) & 1n) << 255n);
    return N.unhex(number.toString(16).padStart(64, "0")).reverse();
  };
  const decoded = data => {
    const value = little(data), sign = value >> 255n, y = value & ((1n << 255n) - 1n);
    if (data.length !== 32 || y >= P) return null;
    const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
    let x = power(square, (P + 3n) / 8n);
    if (mod(x * x - square)) x = x * HALF % P;
    if (mod(x * x - square) || (!x && sign)) return null;
    if ((x & 1n) !== sign) x = P - x;
    return [x, y, 1n, mod(x * y)];
  };
  const BASE = decoded(N.unhex((4n * inverse(5n) % P).toString(16).padStart(64, "0")).reverse());
  const large = point => point && !same(times(8n, point), NEUTRAL);
  const onCurve = (key, alpha) => {
    for (let counter = 0; counter < 256; counter++) {
      const point = decoded(sha512(N.joined([Uint8Array.of(3, 1), key, alpha, Uint8Array.of(counter, 0)])).slice(0, 32));
      if (large(point)) return times(8n, point);
    }
    return null;
  };
  /** The value of 64 bytes that a proof shows; null where it does not hold for this key and input. */
  const valueOf = (key, alpha, proof) => {
    const y = decoded(key), gamma = proof.length === 80 ? decoded(proof.slice(0, 32)) : null, s = little(proof.slice(48));
    if (!large(y) || !gamma || s >= ORDER) return null;
    const c = little(proof.slice(32, 48)), h = onCurve(key, alpha);
    if (!h) return null;
    const u = added(times(s, BASE), negated(times(c, y))), v = added(times(s, h), negated(times(c, gamma)));
    const parts = [key, encoded(h), proof.slice(0, 32), encoded(u), encoded(v)];
    if (c !== little(sha512(N.joined([Uint8Array.of(3, 2), ...parts, Uint8Array.of(0)])).slice(0, 16))) return null;
    return sha512(N.joined([Uint8Array.of(3, 3), encoded(times(8n, gamma)), Uint8Array.of(0)]));
  };
  /** The seed of unannounced visits that a proof shows under the key in the commitment; null where the proof does not hold. */
  const shownSeed = (key, seed, purpose, proof) => {
    const value = valueOf(key, N.joined([N.utf8("openqi hidden seed input 1\n"), seed, N.utf8(purpose)]), proof);
    return value && N.sha256(N.joined([N.utf8("openqi hidden seed 1\n"), seed, value]));
  };
  /** Whether an Ed25519 signature holds: no point of small order, S below the group order, as RFC 8032 section 5.1.7 without its factor 8. */
  const signed = (key, message, signature) => {
    const a = decoded(key), r = signature.length === 64 ? decoded(signature.slice(0, 32)) : null, s = little(signature.slice(32));
    if (!large(a) || !large(r) || s >= ORDER) return false;
    const k = little(sha512(N.joined([signature.slice(0, 32), key, message]))) % ORDER;
    return same(times(s, BASE), added(r, times(k, a)));
  };
  return Object.freeze({ sha512, shownSeed, signed, valueOf });
})();
