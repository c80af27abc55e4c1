// [data-work]: looks once a second how far a piece of long work is, and opens the page anew when it is over.
// data-work-then="Words": only offers that, since somebody may be writing or listening on this page.

import { HEADERS } from "./op.js";

const LOOK_MS = 1000;
const box = document.querySelector("[data-work]");
if (box) setTimeout(look, LOOK_MS);

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(box.dataset.work, { headers: HEADERS, credentials: "same-origin" });
      const work = await answer.json();
      if (!answer.ok || work.is_over) return over();
      show(work);
    } catch {
      // The server is away for a moment; the next look tells.
    }
  }
  setTimeout(look, LOOK_MS);
}

function over() {
  if (!box.dataset.workThen) return location.reload();
  const link = document.createElement("a");
  link.href = location.href.split("#")[0];
  link.textContent = box.dataset.workThen;
  box.querySelector("[data-work-stage]").replaceChildren(link);
  box.querySelector("[data-work-bar]").remove();
  box.querySelector("[data-work-figures]").textContent = "";
}

function show({ state, stage, done, total, before }) {
  const said = box.querySelector("[data-work-stage]");
  const bar = box.querySelector("[data-work-bar]");
  const words = state === "running" ? `${stage || "Beginning"} …` : waiting(before);
  if (said.textContent.trim() !== words) said.textContent = words;
  if (total) {
    bar.max = total;
    bar.value = done;
  } else bar.removeAttribute("value");
  const figures = new Intl.NumberFormat("en");
  const isShare = "workShare" in box.dataset; // of a hundred
  const told = isShare ? `${done} %` : `${figures.format(done)} of ${figures.format(total)}`;
  box.querySelector("[data-work-figures]").textContent = total ? told : "";
}

function waiting(before) {
  if (!before) return "Waiting for its turn: it begins in a moment.";
  return `Waiting for its turn: ${before} ${before === 1 ? "piece" : "pieces"} of work before it.`;
}
