// Before the first paint: the chosen light, whether keys are on, and that scripts run.
// Afterwards: the buttons [data-theme-choice].
{
  const root = document.documentElement;

  function stored(name) {
    try {
      return localStorage.getItem(name) || "";
    } catch {
      return ""; // storage is switched off: the system's light, keys on
    }
  }

  function show(theme) {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
    }
  }

  root.dataset.scripts = "";
  if (stored("woodshed.keys") === "off") root.dataset.keys = "off";
  show(stored("woodshed.theme"));

  document.addEventListener("DOMContentLoaded", () => show(stored("woodshed.theme")));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    try {
      localStorage.setItem("woodshed.theme", button.dataset.themeChoice);
    } catch {
      // it holds for this page
    }
    show(button.dataset.themeChoice);
  });
  addEventListener("storage", (event) => {
    if (event.key === "woodshed.theme") show(event.newValue || "");
  });
}
