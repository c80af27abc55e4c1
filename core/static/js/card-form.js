// form[data-card-form]: shows the card while it is written; Ctrl+Enter saves.

import { HEADERS } from "./op.js";

const PAUSE = 400; // milliseconds without a key before the preview is asked for
const form = document.querySelector("[data-card-form]");
const shown = document.querySelector("[data-card-preview]");
let waiting = 0;
let asked = 0;

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(preview, PAUSE);
});

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-save]"));
});

async function preview() {
  asked += 1;
  const mine = asked;
  try {
    const answer = await fetch(form.dataset.previewUrl, { method: "POST", body: new FormData(form), headers: HEADERS });
    if (answer.ok && mine === asked) shown.innerHTML = await answer.text();
  } catch {
    // away: the preview stays as it was; saving will say so
  }
}
