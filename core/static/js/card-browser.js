// form[data-cards]: one box that ticks the whole page, and how many are ticked.

const form = document.querySelector("[data-cards]");
const all = form?.querySelector("[data-tick-all]");
const boxes = form ? [...form.querySelectorAll("[name=card]")] : [];

all?.addEventListener("change", () => {
  for (const box of boxes) box.checked = all.checked;
  say();
});

form?.addEventListener("change", (event) => {
  if (event.target.name === "card") say();
});

function say() {
  const ticked = boxes.filter((box) => box.checked).length;
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
  form.querySelector("[data-ticked]").textContent = ticked ? `(${ticked} ticked)` : "on this page";
}

if (form) say();
