// button[data-copy="#id"]: copies that field's text and says so.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    if (!document.execCommand("copy")) return; // no clipboard here: the text stays selected for Ctrl+C
  }
  const words = button.querySelector("span") ?? button;
  button.dataset.before ??= words.textContent;
  words.textContent = "Copied";
  button.dataset.copied = "";
  setTimeout(() => {
    words.textContent = button.dataset.before;
    delete button.dataset.copied;
  }, 2000);
});
