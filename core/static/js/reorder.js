// [data-reorder="url"]: its items ([data-item]) are put in order by dragging, or with Alt and the arrow keys while the
// focus is in one. Without script each has its own buttons.

import { opId, post } from "./op.js";

for (const list of document.querySelectorAll("[data-reorder][data-can]")) {
  const items = () => [...list.querySelectorAll(":scope > [data-item]")];
  const said = document.createElement("p");
  said.className = "hidden-text";
  said.setAttribute("role", "status");
  list.after(said);
  let dragged = null;
  let before = [];

  for (const item of items()) item.draggable = true;

  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-item]");
    if (!dragged) return;
    before = items();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.textContent.trim());
    dragged.classList.add("is-dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-item]");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    keep(before);
  });

  list.addEventListener("keydown", (event) => {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const item = event.target.closest("[data-item]");
    if (!way || !event.altKey || !item) return;
    event.preventDefault();
    const old = items();
    const other = old[old.indexOf(item) + way];
    if (!other) return;
    const focused = document.activeElement;
    if (way < 0) other.before(item);
    else other.after(item);
    focused.focus();
    keep(old);
  });

  async function keep(old) {
    const now = items();
    if (now.every((item, place) => item === old[place])) return;
    const form = new FormData();
    form.set("csrf_token", list.dataset.csrf);
    form.set("op", opId());
    for (const item of now) form.append("items", item.dataset.item);
    try {
      await post(list.dataset.reorder, form);
      said.textContent = "The new order is saved.";
    } catch (error) {
      list.append(...old);
      said.className = "field-error";
      said.textContent = error.message;
    }
  }
}
