// [data-retention]: slider and number move together, and the picture shows what the retention costs.

const form = document.querySelector("[data-retention]");
const number = form?.querySelector("[data-retention-number]");
const slider = form?.querySelector("[data-retention-slider]");

function show(percent) {
  const row = form.querySelector(`[data-retention-row="${percent}"]`);
  if (!row) return; // typed, and not from 80 to 97
  slider.value = percent;
  const { x, y, said } = row.dataset;
  form.querySelector("[data-retention-percent]").textContent = `${percent} %`;
  form.querySelector("[data-retention-said]").textContent = said;
  const dot = form.querySelector("[data-retention-dot]");
  const drop = form.querySelector("[data-retention-drop]");
  dot.setAttribute("cx", x);
  dot.setAttribute("cy", y);
  drop.setAttribute("x1", x);
  drop.setAttribute("x2", x);
  drop.setAttribute("y1", y);
}

slider?.addEventListener("input", () => {
  number.value = slider.value;
  show(slider.value);
});
number?.addEventListener("input", () => show(number.value));
