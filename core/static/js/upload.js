// form[data-upload]: sends with a bar and a way to stop; a refusal is said beside its field. Without script it is a plain form.
// data-upload="chosen": only once a file is chosen. data-transfers: the address that takes files in parts.
// data-several: many files, one after the other; data-title-field: each is named there. data-at-once: no button is pressed.
// data-then: where to go when all are there.

import { AWAY, opId } from "./op.js";
import { ask, Cut, inParts, patiently, Stopped } from "./transfer.js";
import { clearErrors, showErrors, view } from "./upload-view.js";

const SMALL = 4_000_000; // octets: sent with the form
const TRIES = 5;

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (!form || (form.dataset.upload === "chosen" && !chosen(form))) return;
  event.preventDefault();
  if (!("sending" in form.dataset)) send(form);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-upload][data-at-once]");
  if (form && chosen(form)) form.requestSubmit();
});

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = fileInput(form);
  if (!input) continue;
  if ("several" in form.dataset) input.multiple = true;
  takeDrops(form, input);
}

function fileInput(form) {
  return form.querySelector("input[type=file]");
}

function chosen(form) {
  return Boolean(fileInput(form)?.files.length);
}

/** Files may be dropped onto the field, or onto the whole form. */
function takeDrops(form, input) {
  let depth = 0;
  const over = (by) => {
    depth = Math.max(0, depth + by);
    form.classList.toggle("is-over", depth > 0);
  };
  const holds = (event) => event.dataTransfer?.types.includes("Files");
  form.addEventListener("dragenter", (event) => holds(event) && (event.preventDefault(), over(1)));
  form.addEventListener("dragleave", (event) => holds(event) && over(-1));
  form.addEventListener("dragover", (event) => holds(event) && event.preventDefault());
  form.addEventListener("drop", (event) => {
    if (!holds(event) || "sending" in form.dataset) return;
    event.preventDefault();
    over(-depth);
    choose(input, input.multiple ? [...event.dataTransfer.files] : [event.dataTransfer.files[0]]);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function choose(input, files) {
  const list = new DataTransfer();
  for (const file of files) list.items.add(file);
  input.files = list.files;
}

async function send(form) {
  const shown = view(form);
  const stopping = new AbortController();
  const input = fileInput(form);
  const names = new Intl.Collator("en", { numeric: true });
  const files = [...(input?.files ?? [])].sort((one, other) => names.compare(one.name, other.name));
  const left = files.length > 1 ? files : [files[0] ?? null];
  const many = left.length;
  let there = 0;
  let target = "";

  form.dataset.sending = "";
  clearErrors(form);
  addEventListener("beforeunload", warn);
  shown.cancel.addEventListener("click", () => stopping.abort());
  try {
    while (left.length) {
      target = await one(form, left[0], {
        shown,
        signal: stopping.signal,
        lead: many > 1 ? `${there + 1} of ${many}: ${left[0].name}. ` : "",
        isLast: left.length === 1,
        isMany: many > 1,
      });
      left.shift();
      there += 1;
    }
    removeEventListener("beforeunload", warn);
    shown.say(many > 1 ? "They are there. Opening them …" : "It is there. Opening it …");
    location.assign(form.dataset.then ?? target);
    if (form.dataset.then === location.pathname) location.reload();
  } catch (fault) {
    refused(fault);
  }

  function refused(fault) {
    removeEventListener("beforeunload", warn);
    delete form.dataset.sending;
    shown.end();
    const before = there ? `${there} of ${many} are there. ` : "";
    if (many > 1) choose(input, left); // what came is not sent twice
    if (fault instanceof Stopped) shown.say(there ? `Stopped. ${before}` : "Stopped. Nothing was kept.", "bad");
    else if (fault instanceof Cut) shown.say(before + AWAY, "bad");
    else {
      const name = many > 1 ? `${left[0].name}: ` : "";
      const errors = fault.errors ?? {};
      if (errors.file) errors.file = before + name + errors.file;
      if (showErrors(form, errors)) shown.say("");
      else shown.say(before + name + fault.message, "bad");
      newNumber(form);
    }
  }
}

/** Send one file with the form, in parts where it is large; returns where to go. */
async function one(form, file, { shown, signal, lead, isLast, isMany }) {
  const csrf = form.querySelector("input[name=csrf_token]").value;
  const sent = new FormData(form);
  const cut = () => shown.say(`${lead}The connection is cut. It goes on by itself …`, "bad");
  const isLarge = file && file.size > SMALL && form.dataset.transfers;
  let transfer = null;
  const progress = (octets, total) => {
    shown.progress(octets, total);
    shown.say(lead + (octets < total ? "Sending …" : "Sent. The server is checking it …"));
  };

  if (isMany) {
    sent.set("op", opId());
    if (!isLast) sent.delete("changes"); // the note goes with the last one
  }
  if (form.dataset.titleField) sent.set(form.dataset.titleField, stem(file.name));
  if (isMany) sent.set(fileInput(form).name, file);
  if (isLarge) {
    const told = { progress: (octets) => progress(octets, file.size), cut };
    transfer = await inParts(file, { address: form.dataset.transfers, csrf, signal, told });
    sent.delete(fileInput(form).name);
    sent.set("transfer", transfer.id);
    progress(file.size, file.size);
  }
  try {
    const answer = await patiently(
      () => ask("POST", form.action, { body: sent, signal, progress: transfer ? null : progress }),
      { signal, cut, tries: TRIES },
    );
    transfer?.forget();
    return target(answer);
  } catch (fault) {
    if (fault instanceof Stopped) await transfer?.drop();
    else if (fault.errors?.file) transfer?.forget(); // this file will not do
    throw fault;
  }
}

function stem(name) {
  return name.replace(/\.[^.]+$/, "").slice(0, 120) || name;
}

function newNumber(form) {
  const op = form.querySelector("input[name=op]");
  if (op) op.value = opId();
}

function warn(event) {
  event.preventDefault();
}

function target({ text, url }) {
  try {
    return JSON.parse(text).location ?? url;
  } catch {
    return url;
  }
}
