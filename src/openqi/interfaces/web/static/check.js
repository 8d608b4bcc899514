// Reads a code out of a picture that somebody takes, where the browser itself knows how. Nothing leaves the telephone but the form.
"use strict";
(async () => {
  const form = document.getElementById("check"), box = document.getElementById("by-picture"), picture = document.getElementById("picture");
  if (!form || !box || !("BarcodeDetector" in window)) return;
  const known = await BarcodeDetector.getSupportedFormats(), wanted = ["qr_code", "data_matrix"].filter(one => known.includes(one));
  if (!wanted.length) return;
  box.hidden = false;
  picture.addEventListener("change", async () => {
    const none = document.getElementById("no-code");
    none.hidden = true;
    try {
      const found = await new BarcodeDetector({ formats: wanted }).detect(await createImageBitmap(picture.files[0]));
      if (!found.length) throw new Error("no code");
      // As a symbol of GS1 has it: what separates elements is no sign of a serial.
      form.elements.code.value = found[0].rawValue.replace(/^\]?[Qd]?[0-9]?\x1d?01([0-9]{14})21([!-z]{1,20}).*$/, "(01)$1(21)$2");
      form.requestSubmit();
    } catch { none.hidden = false; }
  });
})();
