// The form of a remark: "This second", or `c` at the player, stops the sound and fills in where it stands.

import { exact } from "./moments.js";
import { soundHere } from "./sound-here.js";

const form = document.querySelector("[data-remark-form]");

form?.querySelector("[data-remark-here]").addEventListener("click", () => {
  const here = soundHere();
  here?.pause();
  write(here?.seconds ?? 0, null);
});

document.addEventListener("player:remark", ({ detail }) => write(detail.seconds, detail.end));

function write(start, end) {
  if (!form) return;
  const { remark_start, remark_end, remark_text } = form.elements;
  remark_start.value = exact(start);
  remark_end.value = end === null ? "" : exact(end);
  remark_text.focus();
  remark_text.scrollIntoView({ block: "center" });
}
