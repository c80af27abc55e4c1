// The capture box: [data-capture] opens it over the page, keeps what is typed, and the page goes on where it was.
// data-capture="/cards/k7m2qd": where the words come from, when that is not this page.

import { forget, keep, kept } from "./drafts.js";
import { exact } from "./moments.js";
import { AWAY, HEADERS, opId, sentence } from "./op.js";
import { soundHere } from "./sound-here.js";

const DRAFT = "capture";
const SEEN = 8000; // ms that the word of success stays

const box = document.querySelector("[data-capture-box]");
const form = box?.querySelector("form");
let busy = false;
let gone;

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-capture]");
  if (!link || !box || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});

box?.addEventListener("click", (event) => {
  if (event.target === box || event.target.closest("[data-capture-close]")) box.close();
});

form?.addEventListener("input", () => keep(DRAFT, form.elements.text.value));
form?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit();
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});

function open(link) {
  if (box.open) return;
  const { text, from, kind } = form.elements;
  const here = link.dataset.capture ? undefined : soundHere();
  here?.pause();
  from.value = link.dataset.capture || location.pathname + (here ? placed(here) : "");
  kind.value = link.dataset.captureKind || box.dataset.first;
  if (!text.value) text.value = kept(DRAFT);
  const where = link.dataset.captureWhere ?? (here ? `${exact(here.seconds)} of this sound` : "");
  box.querySelector("[data-capture-where]").textContent = where && `, with where it came from: ${where}`;
  say("");
  box.showModal();
  text.focus();
}

/** A second of a piece's sound, as the address of its page says it. */
function placed({ seconds, version }) {
  return `?${new URLSearchParams({ ...(version && { version }), t: seconds.toFixed(3) })}`;
}

async function send() {
  if (busy) return;
  busy = true;
  const sent = new FormData(form);
  sent.set("op", opId());
  if (sent.get("kind") !== "todo") sent.delete("due");
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: HEADERS });
    const text = await answer.text();
    if (answer.ok) done(JSON.parse(text));
    else say(sentence(text));
  } catch {
    say(AWAY);
  } finally {
    busy = false;
  }
}

/** Kept: back to the page, or on to the page where it is finished. */
function done({ said, path, words }) {
  forget(DRAFT);
  form.reset();
  if (!said) return void location.assign(path);
  box.close(); // the browser gives the focus back
  const note = document.querySelector("[data-capture-kept]");
  const link = document.createElement("a");
  link.href = path;
  link.textContent = words;
  note.replaceChildren(`${said} `, link);
  clearTimeout(gone);
  gone = setTimeout(() => note.replaceChildren(), SEEN);
}

function say(words) {
  box.querySelector("[data-capture-said]").textContent = words;
}
