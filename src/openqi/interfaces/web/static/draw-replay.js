// The button that makes a draw again in the reader's own browser. Without this file the page says how the command does it.
"use strict";
(() => {
  const place = document.getElementById("replay");
  if (!place || !place.dataset.given) return;
  const given = JSON.parse(place.dataset.given), words = JSON.parse(place.dataset.words);
  const form = place.querySelector("form"), button = form.querySelector("button"), steps = place.querySelector("ol"), end = place.querySelector(".replay-end");
  const told = (name, filled) => (words[name] || name).replace(/\{(\w+)\}/g, (all, part) => filled && part in filled ? filled[part] : all);
  const made = (kind, text, cls) => {
    const one = document.createElement(kind);
    one.textContent = text;
    if (cls) one.className = cls;
    return one;
  };
  const badge = state => document.getElementById(`replay-${state}`).content.cloneNode(true);
  const show = step => {
    const line = document.createElement("li"), main = document.createElement("div"), side = document.createElement("div");
    line.className = "line";
    line.dataset.step = step.step;
    line.dataset.state = step.state;
    main.className = "line-main";
    side.className = "line-side";
    const text = made("span", "", "wrap");
    for (const part of told(step.phrase, step.filled).split(/([0-9a-f]{48,})/)) text.append(/^[0-9a-f]{48,}$/.test(part) ? made("span", part, "mono small") : part);
    main.append(made("b", told(`step-${step.step}`)), text);
    side.append(badge(step.state));
    line.append(main, side);
    steps.append(line);
  };
  const names = found => {
    const box = document.createElement("details"), list = document.createElement("ol"), all = found.flatMap(one => one.drawn.map(row => [one.stratum, row.name]));
    box.append(made("summary", told("names", { count: all.length })), list);
    for (const [stratum, name] of all.slice(0, 1000)) list.append(made("li", stratum ? `${stratum} · ${name}` : name));
    if (all.length > 1000) box.append(made("p", told("names-more", { count: all.length - 1000 })));
    return box;
  };

  const decoded = text => Uint8Array.from(atob(text), one => one.charCodeAt(0));
  const fetched = async file => {
    const kept = place.dataset[`embedded${file}`], address = place.dataset[file.toLowerCase()];
    if (kept) return decoded(kept);
    if (!address || location.protocol === "file:") return null;
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
  };
  // Files that the reader chose, told apart by the names under which this page hands them out.
  const chosen = async () => {
    const found = {};
    for (const file of form.elements.list.files) {
      const what = /exclusions[^/]*$/.test(file.name) ? "exclusions" : /rows[^/]*$/.test(file.name) ? "rows" : "list";
      found[what] = new Uint8Array(await file.arrayBuffer());
    }
    return found;
  };
  const run = async () => {
    steps.replaceChildren();
    end.replaceChildren(made("p", told("running")));
    const began = performance.now(), own = await chosen(), list = await fetched("List");
    if (!own.list && !list) { end.replaceChildren(made("p", told("list-missing"), "banner b-warn")); return; }
    const files = {
      list: own.list || list, published: own.list ? list : null, exclusions: own.exclusions || await fetched("Exclusions"),
      rows: own.rows || await fetched("Rows"),
    };
    const typed = given.sources.map((_, number) => form.elements[`value-${number}`].value);
    let last = null, whole = true;
    const found = await OpenQISteps.replay(given, files, typed, step => { last = step; whole &&= step.state === "agrees"; show(step); });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const word = last.state === "differs" ? "end-differs" : whole && found ? "end-agrees" : found ? "end-computed" : "end-open";
    const banner = made("p", told(word, { seconds }), `banner ${last.state === "differs" ? "b-bad" : word === "end-agrees" ? "b-good" : "b-warn"}`);
    banner.dataset.end = word;
    end.replaceChildren(banner);
    if (found) end.append(names(found));
  };
  form.addEventListener("submit", async event => {
    event.preventDefault();
    button.disabled = true;
    place.setAttribute("aria-busy", "true");
    try {
      await run();
    } catch (error) {
      end.replaceChildren(made("p", told("failed", { why: error.message }), "banner b-bad"));
    }
    place.removeAttribute("aria-busy");
    button.disabled = false;
  });
  place.querySelector(".replay-none").hidden = true;
  form.hidden = false;
})();
