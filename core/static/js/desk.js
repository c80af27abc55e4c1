// The review desk without page loads: show the answer at once, send a grade, get the next card in the same answer.

import { HEADERS, AWAY, sentence } from "./op.js";

const desk = document.querySelector("main.desk");
let shownAt = performance.now();
let busy = false;

desk.addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.matches("[data-desk-show]") && !form.id) return open();
  send(form, event.submitter);
});

function open() {
  for (const hidden of desk.querySelectorAll("[data-desk-answer], [data-desk-grades]")) hidden.hidden = false;
  desk.querySelector("[data-desk-show]").hidden = true;
  desk.querySelector(".desk-grade-3")?.focus({ preventScroll: true });
}

async function send(form, button) {
  if (busy) return;
  busy = true;
  const sent = new FormData(form, button);
  if (sent.has("seconds")) sent.set("seconds", ((performance.now() - shownAt) / 1000).toFixed(1));
  try {
    const answer = await fetch(...request(form, sent));
    const text = await answer.text();
    if (answer.ok) show(text);
    else if (answer.status === 409) await again(sentence(text));
    else say(sentence(text));
  } catch {
    say(AWAY);
  } finally {
    busy = false;
  }
}

function request(form, sent) {
  if (form.method === "get") return [`${form.action}?${new URLSearchParams(sent)}`, { headers: HEADERS }];
  return [form.action, { method: "POST", body: sent, headers: HEADERS }];
}

/** The card was answered elsewhere: fetch the one that comes next, and say why. */
async function again(why) {
  show(await (await fetch("/reviews", { headers: HEADERS })).text());
  say(why);
}

function show(fragment) {
  const isCheck = fragment.includes("desk-diff");
  desk.innerHTML = fragment;
  const done = desk.querySelector("[data-desk-done]");
  if (done) return void location.assign(done.dataset.deskDone);
  if (!isCheck) shownAt = performance.now();
  (desk.querySelector("#typed-answer") ?? desk.querySelector("[data-desk-grades]:not([hidden]) .desk-grade-3"))?.focus();
}

function say(words) {
  desk.querySelector("[data-desk-said]").textContent = words;
}
