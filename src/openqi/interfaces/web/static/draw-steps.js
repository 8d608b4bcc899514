// The steps of a replay, each with what it came to: it agrees, it differs, or it was not checked. Nothing here knows of a page.
"use strict";
const OpenQISteps = (() => {
  const N = OpenQINumbers, D = OpenQIDesigns, MOST = 1_000_000;
  const lines = text => {
    const found = [];
    for (let at = 0; at < text.length;) {
      let end = text.indexOf(10, at);
      if (end < 0) end = text.length;
      found.push(text.subarray(at, end));
      at = end + 1;
    }
    return found;
  };
  const shown = bytes => new TextDecoder().decode(bytes).replaceAll("\t", " · ").slice(0, 160);
  const alike = (one, other) => one.length === other.length && !N.compared(one, 0, one.length, other, 0, other.length);

  /** The canonical bytes of a plan: a line a fact, rules sorted by stratum. */
  const planBytes = plan => {
    const found = ["openqi draw plan 1", `purpose ${plan.purpose}`];
    for (const rule of [...plan.strata].sort((a, b) => N.byBytes(a.stratum || "", b.stratum || ""))) {
      found.push(`stratum ${rule.stratum || ""}`, `design ${rule.design}`);
      if (rule.size !== undefined) found.push(`size ${rule.size}`);
      if (rule.ratio !== undefined) found.push(`ratio ${N.written(N.parsed(rule.ratio))}`);
      for (const [name, bounds] of [["floor", rule.floors], ["cap", rule.caps]]) {
        for (const one of [...(bounds || [])].sort((a, b) => N.byBytes(a.riskClass, b.riskClass))) {
          found.push(`${name} ${N.written(N.parsed(one.chance))} ${one.riskClass}`);
        }
      }
    }
    return N.utf8(found.map(line => `${line}\n`).join(""));
  };
  const sourceBytes = sources => N.joined(sources.flatMap(one => [one.source, one.event].map(part => N.measured(N.utf8(part)))));
  const exclusionBytes = text => {
    const rows = lines(text).map(line => new TextDecoder().decode(line).split("\t"));
    rows.forEach((row, place) => { if (row.length !== 3 || !row[0] || !row[1]) throw new D.Refused("exclusion-bad", { line: place + 1 }); });
    rows.sort((a, b) => N.byBytes(a[0], b[0]));
    return { count: rows.length, bytes: N.joined(rows.flatMap(row => row.map(part => N.measured(N.utf8(part))))) };
  };
  const commitmentOf = (root, objects, given, exclusions) => N.sha256(N.joined([
    N.utf8("openqi draw commitment 1\n"), root, N.whole(objects, 8),
    ...[planBytes(given.plan), exclusions, sourceBytes(given.sources), N.unhex(given.key || ""), N.utf8(given.version)].map(N.measured),
  ]));
  const seedOf = (commitment, values) => N.sha256(N.joined([
    N.utf8("openqi draw seed 1\n"), commitment, N.whole(values.length, 4),
    ...values.flatMap(one => [N.utf8(one.source), N.utf8(one.event), one.bytes].map(N.measured)),
  ]));
  /** What somebody has read off the site of a source: a beacon's randomness or signature, drawn numbers, or other bytes. */
  const typedBytes = (text, named = {}) => {
    const plain = text.trim();
    if (/^[0-9a-f]+$/i.test(plain) && plain.length >= 32 && plain.length % 2 === 0 && named.form !== "numbers") {
      const found = N.unhex(plain);
      return named.form === "drand" && found.length > 32 ? N.sha256(found) : found;
    }
    if (named.form && named.form !== "numbers") return null;
    const groups = plain.replace(/[/+]\s*$/, "").split(/[/+]/).map(one => one.trim().replace(/[\s,;.、，]+$/, "").split(/[\s,;.、，]+/));
    if (!groups.flat().every(one => /^[0-9]{1,9}$/.test(one))) return null;
    if (named.numbers && (groups.length !== named.numbers.length || groups.some((one, i) => one.length !== named.numbers[i]))) return null;
    const numbers = groups.map(one => named.ordered ? one.map(Number) : one.map(Number).sort((a, b) => a - b));
    return N.utf8(numbers.map(one => `${one.map(number => `${number}.`).join("")}/`).join(""));
  };
  const firstDifference = (own, published) => {
    const a = lines(own), b = lines(published);
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      if (!a[i] || !b[i] || !alike(a[i], b[i])) return { line: i + 1, own: a[i] ? shown(a[i]) : "–", published: b[i] ? shown(b[i]) : "–" };
    }
    return null;
  };
  const rowsOf = text => lines(text).map(line => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line)));
  const rowsRoot = async text => {
    const all = lines(text), leaves = new Uint8Array(32 * all.length);
    all.forEach((line, place) => N.digestInto(leaves, 32 * place, N.joined([Uint8Array.of(0), line]), 0, line.length + 1));
    return N.hex(await N.treeRoot(leaves));
  };
  /** The first row that is not as drawn here; null where all are. */
  const unlike = (found, rows) => {
    for (const one of found) {
      const stated = rows.filter(row => (row.stratum || "") === one.stratum).sort((a, b) => a.place - b.place);
      for (let i = 0; i < Math.max(stated.length, one.drawn.length); i++) {
        const here = one.drawn[i], there = stated[i];
        if (!here || !there || here.name !== there.object) {
          return { phrase: "row-other", filled: { stratum: one.stratum, place: i + 1, here: here?.name ?? "–", there: there?.object ?? "–" } };
        }
        if (here.ticket !== there.ticket) return { phrase: "row-ticket", filled: { name: here.name, here: here.ticket, there: there.ticket } };
        if (here.target !== N.written(N.parsed(there.target))) return { phrase: "row-chance", filled: { name: here.name, here: here.target, there: there.target } };
      }
    }
    const counted = found.reduce((sum, one) => sum + one.drawn.length, 0);
    return counted === rows.length ? null : { phrase: "row-count", filled: { here: counted, there: rows.length } };
  };

  /**
   * Goes through a draw again and tells each step; stops at the first that differs.
   * given: frame, plan, sources, version, key, commitment, values and made, as the records state them.
   * files: list, exclusions, rows as bytes; `published` is the public list where the reader brought an own one. typed: texts by source.
   */
  const replay = async (given, files, typed, tell) => {
    const agrees = (step, filled = {}, phrase = `${step}-agrees`) => { tell({ step, state: "agrees", phrase, filled }); return true; };
    const open = (step, filled, phrase) => { tell({ step, state: "open", phrase, filled }); return null; };
    const differs = (step, phrase, filled = {}) => { tell({ step, state: "differs", phrase, filled }); return null; };
    const same = (step, here, there) => here === there ? agrees(step, { here }) : differs(step, `${step}-differs`, { here, there });
    try {
      const list = await D.parsedList(files.list);
      if (list.count > MOST) return differs("list", "list-long", { objects: list.count, most: MOST });
      const hashed = N.hex(N.sha256(files.list)), root = await D.listRoot(list), at = N.hex(root);
      await N.pause();
      if (list.count !== given.frame.objects || at !== given.frame.root) {
        const where = files.published ? firstDifference(files.list, files.published) : null;
        if (where) return differs("list", "list-line", where);
        return list.count !== given.frame.objects ? differs("list", "list-count", { here: list.count, there: given.frame.objects })
          : differs("list", "list-differs", { here: at, there: given.frame.root });
      }
      agrees("list", { objects: list.count, here: at }, hashed === given.frame.sha256 ? "list-agrees" : "list-reordered");
      let left = { count: 0, bytes: new Uint8Array(0) };
      if (given.frame.exclusions) {
        if (!files.exclusions) return differs("exclusions", "exclusions-missing");
        left = exclusionBytes(files.exclusions);
        if (left.count !== given.frame.excluded) return differs("exclusions", "exclusions-differs", { here: left.count, there: given.frame.excluded });
      }
      agrees("exclusions", { count: left.count });
      const commitment = commitmentOf(root, list.count, given, left.bytes);
      if (!same("commitment", N.hex(commitment), given.commitment)) return null;

      const values = [];
      for (const [place, named] of given.sources.entries()) {
        const stated = given.values.find(one => one.source === named.source && one.event === named.event), text = (typed[place] || "").trim();
        const own = text ? typedBytes(text, named) : null, filled = { source: named.source, event: named.event };
        if (text && !own) return differs("values", "value-unread", filled);
        if (!stated && !own) return open("values", filled, "value-missing");
        if (stated?.signature && N.hex(N.sha256(N.unhex(stated.signature))) !== stated.value) return differs("values", "value-signature", filled);
        if (stated && own && N.hex(own) !== stated.value) return differs("values", "value-other", { ...filled, here: N.hex(own), there: stated.value });
        values.push({ ...named, bytes: own || N.unhex(stated.value), typed: Boolean(own) });
      }
      const phrase = values.every(one => one.typed) ? "values-typed" : values.some(one => one.typed) ? "values-some" : "values-agrees";
      agrees("values", { count: values.length, typed: values.filter(one => one.typed).length }, phrase);
      if (values.reduce((sum, one) => sum + one.bytes.length, 0) < 16) return differs("seed", "seed-short");
      let seed = seedOf(commitment, values);
      if (given.key) {
        if (!given.made) return open("seed", {}, "seed-hidden");
        if (!given.made.proof) return open("seed", {}, "seed-hidden");
        const shown = OpenQIProof.shownSeed(N.unhex(given.key), seed, given.plan.purpose, N.unhex(given.made.proof));
        if (!shown) return differs("seed", "proof-fails");
        if (N.hex(shown) !== given.made.seed) return differs("seed", "seed-differs", { here: N.hex(shown), there: given.made.seed });
        agrees("seed", { here: N.hex(shown) }, "seed-proven");
        seed = shown;
      } else if (!given.made) open("seed", { here: N.hex(seed) }, "seed-computed");
      else if (!same("seed", N.hex(seed), given.made.seed)) return null;

      const found = await D.drawn(list, given.plan, seed), drawn = found.reduce((sum, one) => sum + one.drawn.length, 0);
      if (!given.made) { open("draw", { drawn }, "draw-computed"); return found; }
      if (!files.rows) { open("draw", { drawn }, "draw-no-rows"); return found; }
      const rowRoot = await rowsRoot(files.rows);
      if (rowRoot !== given.made.root) return differs("rows", "rows-differs", { here: rowRoot, there: given.made.root });
      const rows = rowsOf(files.rows), wrong = unlike(found, rows);
      agrees("rows", { count: rows.length });
      if (wrong) return differs("draw", wrong.phrase, wrong.filled);
      agrees("draw", { drawn, objects: list.count });
      return found;
    } catch (error) {
      if (error instanceof D.Refused) return ["too-heavy", "design-unknown"].includes(error.phrase) ? open("draw", error.filled, error.phrase) : differs("draw", error.phrase, error.filled);
      if (error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError) return differs("draw", "unreadable", { why: error.message });
      throw error;
    }
  };
  return Object.freeze({ MOST, replay, typedBytes });
})();
