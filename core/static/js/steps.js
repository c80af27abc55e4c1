// [data-step]: a tick is kept at once. Without script the form #steps keeps them all by its button.

import { opId, post } from "./op.js";

const form = document.querySelector("form#steps");
const said = form?.querySelector("[data-steps-said]");
let queue = Promise.resolve();

document.addEventListener("change", (event) => {
  const box = event.target.closest("[data-step]");
  if (!form || !box) return;
  say("Saving …");
  queue = queue.then(() => keep(box)); // one after the other, so that the last tick wins
});

async function keep(box) {
  const sent = new FormData(form);
  sent.set("op", opId());
  sent.set("only", box.dataset.step);
  const ticked = box.checked;
  try {
    await post(form.action, sent);
    say(`Saved ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}`);
  } catch (fault) {
    if (box.checked === ticked) box.checked = !ticked; // the page shows what the server has
    say(fault.message, "bad");
  }
}

function say(words, kind = "") {
  if (!said) return;
  said.textContent = words;
  said.dataset.kind = kind;
}
