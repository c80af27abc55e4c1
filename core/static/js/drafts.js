// What is typed and not sent yet stays in this browser, for this person, until it was sent or they sign out.
// form[data-draft="feedback:ID"]: its texts are kept under that name; [data-draft-sent="feedback:ID"]: they arrived.

export const DRAFTS = "woodshed.draft.";
const person = document.querySelector("[data-person]")?.dataset.person ?? "";
const key = (name) => `${DRAFTS}${person}.${name}`;

export function kept(name) {
  try {
    return localStorage.getItem(key(name)) ?? "";
  } catch {
    return ""; // storage is switched off: the page alone holds it
  }
}

export function keep(name, words) {
  if (!words) return forget(name);
  try {
    localStorage.setItem(key(name), words);
  } catch {
    // full or switched off: the page alone holds it
  }
}

export function forget(name) {
  try {
    localStorage.removeItem(key(name));
  } catch {
    // there is nothing then
  }
}

function forgetAll() {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(DRAFTS)) localStorage.removeItem(name);
  } catch {
    // there is nothing then
  }
}

document.addEventListener("submit", (event) => {
  if (new URL(event.target.action, location.href).pathname === "/sign-out") forgetAll();
});

for (const { dataset } of document.querySelectorAll("[data-draft-sent]")) forget(dataset.draftSent);

for (const form of document.querySelectorAll("form[data-draft]")) {
  const fields = [...form.querySelectorAll("textarea")];
  const before = JSON.parse(kept(form.dataset.draft) || "{}");
  for (const field of fields) if (!field.value && before[field.name]) field.value = before[field.name];
  form.addEventListener("input", () => {
    const typed = Object.fromEntries(fields.filter((one) => one.value).map((one) => [one.name, one.value]));
    keep(form.dataset.draft, Object.keys(typed).length ? JSON.stringify(typed) : "");
  });
}
