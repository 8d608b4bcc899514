// Saves the form of an act as a draft while somebody writes. Without this file everything works with the button.
"use strict";
(() => {
  const form = document.querySelector("form.act");
  const said = document.getElementById("autosave");
  if (!form || !said) return;
  let timer = 0, busy = false, again = false;
  const save = async () => {
    if (busy) { again = true; return; }
    busy = true;
    const sent = new FormData(form);
    for (const input of form.querySelectorAll("input[type=file]")) sent.delete(input.name);
    sent.set("_step", "autosave");
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent, credentials: "same-origin" });
      if (answer.ok && (answer.headers.get("content-type") || "").startsWith("application/json")) {
        const told = await answer.json();
        form.elements["_draft"].value = told.draft;
        said.textContent = told.said;
      }
    } catch (error) { /* offline: the next change tries again, and the button says what is wrong */ }
    busy = false;
    if (again) { again = false; wait(); }
  };
  const wait = () => { clearTimeout(timer); timer = setTimeout(save, 3000); };
  form.addEventListener("input", wait);
  form.addEventListener("submit", () => clearTimeout(timer));
})();
