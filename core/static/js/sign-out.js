// Signing out takes with it what this browser kept of unsent words.

export const DRAFTS = "woodshed.draft.";

document.addEventListener("submit", (event) => {
  if (!new URL(event.target.action).pathname.endsWith("/sign-out")) return;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(DRAFTS)) localStorage.removeItem(key);
  } catch {
    // nothing could be kept here either
  }
});
