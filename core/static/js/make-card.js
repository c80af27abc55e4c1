// On a lesson: mark some words, and a button offers a card of their sentence; the marked words become its gap.

const LONGEST = 400; // characters of a sentence that is worth a card
const place = document.querySelector("[data-make-card]");
const button = document.querySelector("[data-make-card-button]");
const text = document.querySelector(".lesson-body");

document.addEventListener("selectionchange", () => {
  const range = chosen();
  button.hidden = !range;
  if (!range) return;
  const box = range.getBoundingClientRect();
  const around = place.getBoundingClientRect(); // the button is placed from the section's own corner
  button.style.top = `${box.bottom - around.top + 8}px`;
  button.style.left = `${Math.max(0, Math.min(box.left - around.left, around.width - button.offsetWidth))}px`;
});

button.addEventListener("pointerdown", (event) => event.preventDefault()); // so that the words stay marked
button.addEventListener("click", () => {
  const range = chosen();
  if (!range) return;
  const gap = tidy(range.toString());
  const url = new URL(place.dataset.makeCard, location.href);
  url.searchParams.set("text", sentence(range, gap));
  url.searchParams.set("gap", gap);
  location.assign(url);
});

function chosen() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  return text.contains(range.commonAncestorContainer) && tidy(range.toString()) ? range : null;
}

/** The sentence around the marked words, or those words alone where they reach over several blocks. */
function sentence(range, gap) {
  const inside = range.startContainer.nodeType === Node.TEXT_NODE ? range.startContainer.parentElement : range.startContainer;
  const block = inside.closest("p, li, td, th, dd, blockquote, h2, h3, h4, summary");
  if (!block || !block.contains(range.endContainer)) return gap;
  const before = document.createRange();
  before.setStart(block, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const whole = tidy(block.textContent);
  const from = tidy(`${before.toString()}\u0001`).length - 1;
  const start = Math.max(...[". ", "! ", "? "].map((end) => whole.lastIndexOf(end, from - 1) + (whole.lastIndexOf(end, from - 1) < 0 ? 1 : 2)));
  const ends = [". ", "! ", "? "].map((end) => whole.indexOf(end, from + gap.length - 1)).filter((at) => at >= 0);
  const found = whole.slice(start, ends.length ? Math.min(...ends) + 1 : whole.length).trim();
  return found.length <= LONGEST && found.includes(gap) ? found : gap;
}

function tidy(words) {
  return words.replace(/\s+/g, " ").trim();
}
