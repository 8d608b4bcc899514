// A draw again: the frozen list, the plan and the seed go in, who is drawn comes out. Floats only leave out who has no chance
// any more, with slack for their roundings; what decides is compared in whole numbers, as docs/surveillance/draws.md defines it.
"use strict";
const OpenQIDesigns = (() => {
  const N = OpenQINumbers;
  const WHOLE = 1n << 256n, BEYOND = 2 ** 41, LARGEST = 2 ** 40, STEPS = 400, DIGITS = 700n, SLACK = 1e-12, HEAVY = 2e6;
  const ONE = N.fraction(1n), NONE = N.fraction(0n);
  /** What a replay cannot do or finds wrong in what it was given: a phrase of the page with what fills it. */
  class Refused extends Error {
    constructor(name, filled = {}) { super(`${name} ${JSON.stringify(filled)}`); this.phrase = name; this.filled = filled; }
  }

  /** The list as columns, out of its lines: name, stratum, class and size, a tabulator between. */
  const parsedList = async text => {
    const names = [], strata = [], classes = [], size = [], known = new Map(), decoder = new TextDecoder("utf-8", { fatal: true });
    const label = (from, to) => {
      let key = "";
      for (let i = from; i < to; i++) key += String.fromCharCode(text[i]);
      if (!known.has(key)) known.set(key, decoder.decode(text.subarray(from, to)));
      return known.get(key);
    };
    for (let at = 0; at < text.length;) {
      let end = text.indexOf(10, at);
      if (end < 0) end = text.length;
      const first = text.indexOf(9, at), second = text.indexOf(9, first + 1), third = text.indexOf(9, second + 1);
      const digits = first < 0 || second < 0 || third < 0 || third > end ? "" : label(third + 1, end);
      if (first <= at || !/^(0|[1-9][0-9]{0,12})$/.test(digits) || Number(digits) > LARGEST) {
        throw new Refused("line-bad", { line: size.length + 1 });
      }
      names.push(at, first);
      strata.push(label(first + 1, second));
      classes.push(label(second + 1, third));
      size.push(Number(digits));
      at = end + 1;
      if (!(size.length & 2047)) await N.pause();
    }
    const labels = values => [...new Set(values)].sort(N.byBytes);
    const codes = (values, of) => { const places = new Map(of.map((one, place) => [one, place])); return Int32Array.from(values, one => places.get(one)); };
    const ofStrata = labels(strata), ofClasses = labels(classes);
    return {
      text, count: size.length, ends: Float64Array.from(names), size: Float64Array.from(size), strata: ofStrata, classes: ofClasses,
      stratum: codes(strata, ofStrata), rank: codes(classes, ofClasses),
      name: place => decoder.decode(text.subarray(names[2 * place], names[2 * place + 1])),
    };
  };
  const byName = list => (a, b) => N.compared(
    list.text, list.ends[2 * a], list.ends[2 * a + 1], list.text, list.ends[2 * b], list.ends[2 * b + 1]);
  const digestsOf = async (list, start, before) => {
    const out = new Uint8Array(32 * list.count);
    for (let place = 0; place < list.count; place++) {
      N.digestInto(out, 32 * place, list.text, list.ends[2 * place], list.ends[2 * place + 1], start, before);
      if (!(place & 2047)) await N.pause();
    }
    return out;
  };
  const ordered = (places, digests, list) => {
    const view = new DataView(digests.buffer), named = byName(list);
    const heads = Float64Array.from({ length: digests.length / 32 }, (_, i) => view.getUint32(32 * i) * 2 ** 20 + (view.getUint32(32 * i + 4) >>> 12));
    return places.sort((a, b) => heads[a] - heads[b]
      || N.compared(digests, 32 * a, 32 * a + 32, digests, 32 * b, 32 * b + 32) || named(a, b));
  };
  /** The root over the list: leaves in the order of SHA-256 of the names, whatever the order of the file. */
  const listRoot = async list => {
    const digests = await digestsOf(list);
    const places = ordered(Uint32Array.from({ length: list.count }, (_, place) => place), digests, list);
    const leaves = new Uint8Array(32 * list.count);
    let row = new Uint8Array(256);
    for (let leaf = 0; leaf < list.count; leaf++) {
      const place = places[leaf], from = list.ends[2 * place];
      if (leaf && !N.compared(digests, 32 * place, 32 * place + 32, digests, 32 * places[leaf - 1], 32 * places[leaf - 1] + 32)) {
        throw new Refused("name-twice", { name: list.name(place) });
      }
      let end = list.text.indexOf(10, from);
      if (end < 0) end = list.text.length;
      if (row.length <= end - from) row = new Uint8Array(2 * (end - from + 1));
      for (let i = from; i < end; i++) row[i - from + 1] = list.text[i] === 9 ? 10 : list.text[i];
      N.digestInto(leaves, 32 * leaf, row, 0, end - from + 1);
      if (!(leaf & 2047)) await N.pause();
    }
    return N.treeRoot(leaves);
  };

  const SIZED = { equal: false, order: false, poisson: true, pareto: true, systematic: true, sampford: true, "conditional-poisson": true };
  const expectedOf = (rule, count) => {
    if (!(rule.design in SIZED)) throw new Refused("design-unknown", { design: rule.design });
    if (rule.design === "order") return N.fraction(BigInt(count));
    const found = rule.size !== undefined ? N.fraction(BigInt(rule.size)) : N.times(N.parsed(rule.ratio), N.fraction(BigInt(count)));
    return rule.design === "poisson" ? found : N.fraction(N.up(found));
  };
  /** Chances in proportion to size between the bounds of the class, which add up to what is expected, exactly. */
  const targetsOf = (size, rank, bounds, expected) => {
    const limits = rate => ({
      below: bounds.map(one => Number(N.up(N.over(one.floor, rate)) < BigInt(BEYOND) ? N.up(N.over(one.floor, rate)) : BEYOND)),
      above: bounds.map(one => Number(N.down(N.over(one.cap, rate)) < BigInt(BEYOND) ? N.down(N.over(one.cap, rate)) : BEYOND)),
    });
    const piece = ({ below, above }) => {
      const few = bounds.map(() => 0), many = bounds.map(() => 0);
      let free = 0n, sum = 0;
      for (let i = 0; i < size.length; i++) {
        if (size[i] < below[rank[i]]) few[rank[i]]++;
        else if (size[i] > above[rank[i]]) many[rank[i]]++;
        else if ((sum += size[i]) > 2 ** 52) { free += BigInt(sum); sum = 0; }
      }
      let fixed = NONE;
      bounds.forEach((one, code) => {
        fixed = N.plus(fixed, N.plus(N.times(one.floor, N.fraction(BigInt(few[code]))), N.times(one.cap, N.fraction(BigInt(many[code])))));
      });
      return { fixed, free: N.fraction(free + BigInt(sum)) };
    };
    for (let i = 0; i < size.length; i++) if (!size[i] && !bounds[rank[i]].floor.n) throw new Refused("unreachable");
    const all = piece({ below: bounds.map(() => 0), above: bounds.map(() => BEYOND) }).free;
    let low = NONE, high = null, rate = all.n ? N.over(expected, all) : ONE;
    for (let step = 0; step < STEPS; step++) {
      const found = limits(rate), { fixed, free } = piece(found), reached = N.plus(fixed, N.times(rate, free)), side = N.order(reached, expected);
      if (!side) return { size, rank, bounds, rate, expected, ...found };
      if (side < 0) low = rate; else high = rate;
      let next = free.n && N.order(expected, fixed) > 0 ? N.over(N.less(expected, fixed), free) : low;
      if (!(N.order(low, next) < 0 && (!high || N.order(next, high) < 0))) {
        next = high ? N.times(N.plus(low, high), N.fraction(1n, 2n)) : N.times(low, N.fraction(2n));
      }
      rate = next;
    }
    throw new Refused("not-settled");
  };
  const chanceOf = (targets, place) => {
    const code = targets.rank[place], size = targets.size[place];
    if (size < targets.below[code]) return targets.bounds[code].floor;
    return size > targets.above[code] ? targets.bounds[code].cap : N.times(targets.rate, N.fraction(BigInt(size)));
  };
  const isCertain = chance => chance.n === chance.d;

  /** Members of a stratum with their tickets; places are those within the stratum. */
  const poolOf = (list, members, tickets, own) => {
    const view = new DataView(tickets.buffer);
    const big = place => {
      let found = 0n;
      for (let i = 0; i < 32; i += 8) found = (found << 64n) | view.getBigUint64(32 * members[place] + i);
      return found;
    };
    const named = byName(list);
    return {
      count: members.length, own, ticket: big, part: place => view.getUint32(32 * members[place]) * 2 ** -32 + view.getUint32(32 * members[place] + 4) * 2 ** -64,
      names: (a, b) => named(members[a], members[b]),
      inOrder: places => {
        const back = new Map(places.map(place => [members[place], place]));
        return ordered(places.map(place => members[place]), tickets, list).map(member => back.get(member));
      },
    };
  };
  const every = count => Array.from({ length: count }, (_, place) => place);
  const keptNear = (pool, targets, line) => {
    const rate = N.near(targets.rate), floors = targets.bounds.map(one => N.near(one.floor)), caps = targets.bounds.map(one => N.near(one.cap));
    return every(pool.count).filter(place => {
      const code = targets.rank[place], size = targets.size[place], part = pool.part(place);
      const chance = size < targets.below[code] ? floors[code] : size > targets.above[code] ? caps[code] : size * rate;
      return line === null ? part <= chance * (1 + SLACK) + SLACK
        : part * (1 - chance - SLACK) <= line * (1 - part + SLACK) * chance * (1 + SLACK) + SLACK * SLACK;
    });
  };
  const certainOf = (pool, targets) => {
    const rate = N.near(targets.rate);
    return every(pool.count).filter(place => {
      const code = targets.rank[place], size = targets.size[place], bound = targets.bounds[code];
      if (size < targets.below[code]) return isCertain(bound.floor);
      return size > targets.above[code] ? isCertain(bound.cap) : Math.abs(size * rate - 1) < 1e-9 && isCertain(chanceOf(targets, place));
    });
  };

  const pareto = (pool, targets) => {
    const certain = certainOf(pool, targets), sure = new Set(certain), wanted = Number(N.down(targets.expected)) - certain.length;
    const first = pool.inOrder(certain);
    if (!wanted) return first;
    for (let further = 8 / Math.sqrt(wanted); ; further *= 2) {
      const near = keptNear(pool, targets, 1 + further).filter(place => !sure.has(place));
      const ranks = new Map(near.map(place => {
        const chance = chanceOf(targets, place), ticket = pool.ticket(place);
        return [place, { n: ticket * (chance.d - chance.n), d: (WHOLE - ticket) * chance.n }];
      }));
      const keys = new Map(near.map(place => [place, (ranks.get(place).n << DIGITS) / ranks.get(place).d]));
      near.sort((a, b) => {
        const x = keys.get(a), y = keys.get(b);
        return x < y ? -1 : x > y ? 1 : N.order(ranks.get(a), ranks.get(b)) || pool.names(a, b);
      });
      // Who was left out has a rank above the line: enough are below it, or all were looked at.
      const line = BigInt(Math.floor((1 + further) * 2 ** 20));
      const rank = near.length > wanted ? ranks.get(near[wanted]) : null;
      if (near.length + certain.length === pool.count || (rank && (rank.n << 20n) <= line * rank.d)) return [...first, ...near.slice(0, wanted)];
    }
  };
  const poisson = (pool, targets) => pool.inOrder(keptNear(pool, targets, null).filter(place => {
    const chance = chanceOf(targets, place);
    return pool.ticket(place) * chance.d < chance.n * WHOLE;
  }));
  const wholeNumbers = targets => {
    let one = targets.rate.d;
    for (const bound of targets.bounds) one = N.lcm(N.lcm(one, bound.floor.d), bound.cap.d);
    const part = each => each.n * (one / each.d), floors = targets.bounds.map(each => part(each.floor)), caps = targets.bounds.map(each => part(each.cap));
    const unit = part(targets.rate);
    const of = place => {
      const code = targets.rank[place], size = targets.size[place];
      return size < targets.below[code] ? floors[code] : size > targets.above[code] ? caps[code] : unit * BigInt(size);
    };
    return { one, of };
  };
  const systematic = (pool, targets) => {
    const certain = certainOf(pool, targets), sure = new Set(certain), { one, of } = wholeNumbers(targets), found = [];
    let end = 0n, point = pool.own;
    for (const place of pool.inOrder(every(pool.count).filter(each => !sure.has(each)))) {
      end += of(place);
      if (point * one < end * WHOLE) { found.push(place); point += WHOLE; }
    }
    return [...certain.sort(pool.names), ...found];
  };
  /** Sampford's design, and Poisson given the number: the last name first, each against its chance given those before it. */
  const symmetric = marked => (pool, targets) => {
    const certain = certainOf(pool, targets), sure = new Set(certain), { one, of } = wholeNumbers(targets);
    const places = every(pool.count).filter(place => !sure.has(place)).sort(pool.names);
    let left = Number(N.down(targets.expected)) - certain.length, gathered = marked ? 0n : 1n;
    if (places.length ** 2 * left > HEAVY) throw new Refused("too-heavy", { objects: places.length, drawn: left });
    const inside = places.map(of), outside = inside.map(each => one - each), rows = [[[1n], [0n]]], wanted = left;
    for (let i = 0; i < places.length; i++) {
      const [plain, sums] = rows[i], last = Math.min(plain.length, wanted), more = [], withSum = [];
      for (let k = 0; k <= last; k++) {
        const here = k < plain.length, a = here ? outside[i] * plain[k] : 0n, b = here ? outside[i] * sums[k] : 0n;
        more.push(k ? a + inside[i] * plain[k - 1] : a);
        withSum.push(k ? b + inside[i] * (sums[k - 1] + outside[i] * plain[k - 1]) : b);
      }
      rows.push([more, withSum]);
    }
    const weight = ([plain, sums], k, by) => k < 0 || k >= plain.length ? 0n : by * plain[k] + (marked ? sums[k] : 0n);
    const found = [];
    for (let i = places.length - 1; i >= 0; i--) {
      const more = marked ? gathered + outside[i] : 1n;
      const into = inside[i] * weight(rows[i], left - 1, more), out = outside[i] * weight(rows[i], left, gathered);
      if (pool.ticket(places[i]) * (into + out) < into * WHOLE) { found.push(places[i]); left--; gathered = more; }
    }
    return [...certain.sort(pool.names), ...pool.inOrder(found)];
  };
  const DRAWS = {
    equal: (pool, targets) => pool.inOrder(every(pool.count)).slice(0, Number(N.down(targets.expected))),
    order: pool => pool.inOrder(every(pool.count)),
    pareto, poisson, systematic, sampford: symmetric(true), "conditional-poisson": symmetric(false),
  };

  /** Who is drawn, stratum by stratum: places of the list in drawn order, with ticket and chance of each when asked. */
  const drawn = async (list, plan, seed) => {
    const prefix = N.joined([seed, N.sha256(N.utf8(plan.purpose))]), start = N.stateAfter(prefix);
    const tickets = await digestsOf(list, start, 64), found = [];
    for (const rule of plan.strata) if (!list.strata.includes(rule.stratum || "")) throw new Refused("stratum-empty", { stratum: rule.stratum || "" });
    for (const [code, stratum] of list.strata.entries()) {
      const rules = plan.strata.filter(one => (one.stratum || "") === stratum);
      if (rules.length !== 1) throw new Refused("stratum-rules", { stratum, rules: rules.length });
      const rule = rules[0], members = every(list.count).filter(place => list.stratum[place] === code), sized = SIZED[rule.design];
      const expected = expectedOf(rule, members.length), of = (bounds, name, other) => {
        const met = (bounds || []).find(one => one.riskClass === name);
        return met ? N.parsed(met.chance) : other;
      };
      const bounds = sized ? list.classes.map(name => ({ floor: of(rule.floors, name, NONE), cap: of(rule.caps, name, ONE) })) : [{ floor: NONE, cap: ONE }];
      const targets = targetsOf(members.map(place => sized ? list.size[place] : 1), members.map(place => sized ? list.rank[place] : 0), bounds, expected);
      const own = BigInt(`0x${N.hex(N.sha256(N.joined([prefix, N.utf8(`\nstratum\n${stratum}`)])))}`);
      const pool = poolOf(list, members, tickets, own);
      await N.pause();
      const places = DRAWS[rule.design](pool, targets);
      found.push({
        stratum, design: rule.design, objects: members.length,
        drawn: places.map(place => ({
          name: list.name(members[place]), ticket: N.hex(tickets.subarray(32 * members[place], 32 * members[place] + 32)),
          target: N.written(chanceOf(targets, place)),
        })),
      });
    }
    return found;
  };
  return Object.freeze({ Refused, drawn, listRoot, parsedList });
})();
