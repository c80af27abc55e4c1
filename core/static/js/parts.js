// [data-parts-nav]: on a narrow page its links show one part at a time without loading the page; arrow keys go between them.

const nav = document.querySelector("[data-parts-nav]");
const links = [...(nav?.querySelectorAll("[data-part-link]") ?? [])];

function show(link) {
  for (const other of links) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  document.querySelector("[data-parts]").dataset.parts = link.dataset.partLink;
  history.replaceState(history.state, "", link.href);
}

nav?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-part-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link);
});

nav?.addEventListener("keydown", (event) => {
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
  const place = links.indexOf(document.activeElement);
  if (place < 0) return;
  event.preventDefault();
  const next = links[(place + way + links.length) % links.length];
  next.focus();
  show(next);
});
