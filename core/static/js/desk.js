// The review desk without page loads: show the answer at once, send a grade, get the next card in the same answer.

import { HEADERS, AWAY, opId, sentence } from "./op.js";

const desk = document.querySelector("main.desk");
const turn = desk.querySelector("[data-desk-turn]");
const home = turn.dataset.home ?? "/reviews"; // where the card that comes next is asked for
let shownAt = performance.now();
let busy = false;

handOver();
desk.querySelector("[data-desk-replay]")?.addEventListener("click", () => {
  if (turn.querySelector("[data-ear]")) return void document.dispatchEvent(new Event("ear:replay"));
  const seen = [...turn.querySelectorAll("audio")].filter((one) => one.checkVisibility());
  const sound = seen.at(-1);
  if (sound) Object.assign(sound, { currentTime: 0 }).play();
});

desk.addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.matches("[data-desk-show]")) open();
  else send(form, event.submitter);
});

desk.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.id === "typed-answer") event.target.blur(); // then the keys are the desk's
});

function open() {
  for (const part of turn.querySelectorAll("[data-desk-answer], [data-desk-grades]")) part.hidden = false;
  for (const part of turn.querySelectorAll("[data-desk-ask], [data-desk-show]")) part.hidden = true;
  turn.querySelector(".desk-grade-3").focus({ preventScroll: true });
}

async function send(form, button) {
  if (busy) return;
  busy = true;
  const sent = new FormData(form, button);
  if (sent.has("seconds")) sent.set("seconds", ((performance.now() - shownAt) / 1000).toFixed(1));
  if (sent.has("op")) sent.set("op", opId());
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
  show(await (await fetch(home, { headers: HEADERS })).text());
  say(why);
}

function show(fragment) {
  turn.innerHTML = fragment;
  const end = turn.querySelector("[data-desk-done]");
  if (end) return void ("stay" in end.dataset || location.assign(home));
  const { where, done, total } = turn.querySelector(".desk-card").dataset;
  handOver();
  desk.querySelector("[data-desk-where]").textContent = where;
  desk.querySelector("[data-desk-count]").textContent = total > 0 ? `${Math.min(Number(done) + 1, total)} / ${total}` : "";
  Object.assign(desk.querySelector("[data-desk-line]"), { max: total || 1, value: done });
  if (!turn.querySelector("[data-desk-checked]")) shownAt = performance.now();
  turn.querySelector("#typed-answer:not([data-ear-asks] *), [data-desk-grades]:not([hidden]) [autofocus]")?.focus();
  say("");
}

/** The tools below the card are about the card that stands there now. */
function handOver() {
  const { card } = turn.querySelector(".desk-card").dataset;
  for (const field of desk.querySelectorAll("[data-desk-card-form] [name=card]")) field.value = card;
  const edit = desk.querySelector("[data-desk-edit]");
  if (edit) edit.href = `/cards/${card}?back=desk`;
  const ask = desk.querySelector("[data-desk-ask-later]");
  if (ask) ask.dataset.capture = `/cards/${card}`;
  const replay = desk.querySelector("[data-desk-replay]");
  if (replay) replay.hidden = !turn.querySelector("audio");
  const bury = desk.querySelector("[data-desk-card-form] [data-key=b], [data-desk-card-form] [data-key=B]");
  if (bury) {
    bury.dataset.key = turn.querySelector("[data-key=b]") ? "B" : "b"; // b plays the second side of a pair
    bury.querySelector(".keycap").textContent = bury.dataset.key === "B" ? "⇧ b" : "b";
  }
}

function say(words) {
  desk.querySelector("[data-desk-said]").textContent = words;
}
