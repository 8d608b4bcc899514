// Makes a picture alive once somebody looks closer: what a mark says, and where it is made for it, moving and zooming.
// Without this file the still picture is there; it is also what is printed. Expressions are interpreted, never compiled.
"use strict";
(() => {
  const { vega, hint } = document.currentScript.dataset;
  const mouse = matchMedia("(hover: hover) and (pointer: fine)").matches;
  let library = null;
  const load = () => library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = vega;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
  const views = spec => spec.vconcat || [spec];
  const fitted = (spec, natural, room) => {
    delete spec.$schema;
    for (const view of views(spec)) view.width = Math.max(180, view.width + room - natural);
    return spec;
  };
  const zooming = spec => {
    for (const [place, view] of views(spec).entries()) {
      for (const layer of view.layer) layer.mark.clip = true;
      const first = view.layer.find(one => one.encoding.x?.field && one.encoding.y?.field && !one.encoding.x2);
      const select = { type: "interval", zoom: "wheel![event.ctrlKey]" };
      if (first) first.params = [{ name: `zoom${place}`, select, bind: "scales" }];
    }
    return spec;
  };
  const teller = figure => {
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;
    figure.append(tip);
    return (_, event, __, value) => {
      tip.hidden = value === null || value === undefined || value === "";
      if (tip.hidden) return;
      tip.textContent = value;
      const frame = figure.getBoundingClientRect(), left = event.clientX - frame.left;
      tip.style.left = `${Math.max(0, Math.min(left - tip.offsetWidth / 2, frame.width - tip.offsetWidth))}px`;
      tip.style.top = `${event.clientY - frame.top - tip.offsetHeight - 14}px`;
    };
  };
  const enliven = async figure => {
    const still = figure.querySelector("img, svg"), room = still.clientWidth || still.getBoundingClientRect().width;
    try {
      await load();
      const given = JSON.parse(figure.dataset.spec);
      const natural = still.naturalWidth || still.viewBox.baseVal.width;
      const zoom = mouse && given.usermeta?.zoom;
      const place = document.createElement("div");
      place.className = "live";
      const spec = fitted(zoom ? zooming(given) : given, natural, room);
      still.after(place);
      await window.vegaEmbed(place, spec, {
        mode: "vega-lite", ast: true, actions: false, defaultStyle: false, renderer: "svg", tooltip: teller(figure),
      });
      still.classList.add("still");
      if (zoom) {
        const told = document.createElement("p");
        told.className = "hint";
        told.textContent = hint;
        place.after(told);
      }
      figure.dataset.alive = "yes";
    } catch (error) { figure.querySelector(".live")?.remove(); /* the still picture stays */ }
  };
  for (const figure of document.querySelectorAll("figure[data-spec]")) {
    figure.addEventListener("pointerenter", () => enliven(figure), { once: true });
  }
})();
