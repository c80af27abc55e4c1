// [data-remark-form] on a guest's page: "Remark here" in the player writes the moment into it.

import { exact } from "./moments.js";

const form = document.querySelector("[data-remark-form]");

document.addEventListener("player:remark", (event) => {
  form.elements.moment.value = exact(event.detail.seconds);
  form.scrollIntoView({ block: "nearest", behavior: "smooth" });
  (form.elements.name.value ? form.elements.text : form.elements.name).focus({ preventScroll: true });
});
