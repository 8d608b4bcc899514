// Asks the browser for a passkey and sends its answer with the form. Without this file people sign in with a password or a code.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => list && list.map((one) => ({ ...one, id: bytes(one.id) }));
  const sent = (credential) => {
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const response = {};
    for (const part of parts) if (credential.response[part]) response[part] = text(credential.response[part]);
    return JSON.stringify({ id: credential.id, type: credential.type, response });
  };
  const ask = {
    create: (asked) => navigator.credentials.create({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: known(asked.excludeCredentials),
    } }),
    get: (asked) => navigator.credentials.get({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials),
    } }),
  };
  const answered = async (form) => {
    const told = await fetch(form.dataset.begin, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    if (!(told.headers.get("content-type") || "").startsWith("application/json")) throw new Error("not asked");
    const options = await told.json();
    if (!told.ok) return { said: options.said };
    return { answer: sent(await ask[form.dataset.passkey](options.publicKey)) };
  };
  const said = (error, form) => {
    if (error.name === "NotAllowedError" || error.name === "AbortError") return form.dataset.cancelled;
    return error.name === "InvalidStateError" ? form.dataset.known : form.dataset.failed;
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const without = form.previousElementSibling;
    if (!window.PublicKeyCredential || !navigator.credentials) { without.textContent = without.dataset.unsupported; continue; }
    without.hidden = true;
    form.hidden = false;
    const problem = form.querySelector("[role=alert]"), button = form.querySelector("button");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.textContent = "";
      button.disabled = true;
      try {
        const { answer, said: why } = await answered(form);
        if (answer) { form.elements.answer.value = answer; form.submit(); return; }
        problem.textContent = why;
      } catch (error) { problem.textContent = said(error, form); }
      button.disabled = false;
    });
  }
})();
