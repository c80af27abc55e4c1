// A second click on a form that is on its way does nothing. form[data-again] may be sent again (downloads).

const SENT = "form[data-sent]";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "again" in form.dataset) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  // After this event, so that the button's own name and value are still sent, and other scripts may have taken over.
  setTimeout(() => {
    if (event.defaultPrevented) return;
    form.dataset.sent = "";
    for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
  });
});

// Back from the next page: the browser shows this one as it was left.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll(SENT)) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});
