// The form of a remark: "This second" (c), or the player's own wish, stops the sound and fills in where it stands.

import { clockTime, soundHere } from "./sound-here.js";

const form = document.querySelector("[data-remark-form]");

form?.querySelector("[data-remark-here]")?.addEventListener("click", () => {
  const here = soundHere();
  here?.pause();
  write(here?.seconds ?? 0);
});

document.addEventListener("player:remark", ({ detail }) => {
  const here = soundHere();
  write(detail?.at ?? detail?.seconds ?? detail?.start ?? here?.seconds ?? 0, detail?.to ?? detail?.end);
});

function write(start, end) {
  if (!form) return;
  const { remark_start, remark_end, remark_text } = form.elements;
  remark_start.value = clockTime(start);
  remark_end.value = end > start ? clockTime(end) : "";
  remark_text.focus();
  remark_text.scrollIntoView({ block: "center" });
}
