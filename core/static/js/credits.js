// More rows of credits without a save in between. Without this script the button saves and comes back with new rows.
for (const fieldset of document.querySelectorAll("[data-credits]")) {
  const more = fieldset.querySelector("[data-credit-more]");
  more.type = "button"; // Enter in a field saves, as without these rows
  more.querySelector("span").textContent = "Add a row";
  more.addEventListener("click", () => {
    const rows = fieldset.querySelectorAll("[data-credit]");
    const row = rows[rows.length - 1].cloneNode(true);
    for (const input of row.querySelectorAll("input")) {
      const id = input.id.replace(/\d+$/, String(rows.length + 1));
      row.querySelector(`label[for="${input.id}"]`).htmlFor = id;
      input.id = id;
      input.value = "";
    }
    rows[rows.length - 1].after(row);
    row.querySelector("input").focus();
  });
}
