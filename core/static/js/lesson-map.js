// details[data-lesson-map]: unfolded where there is room beside the text, and marking the section that is being read.

const map = document.querySelector("details[data-lesson-map]");
const wide = matchMedia("(min-width: 64rem)");

function fold() {
  map.open = wide.matches;
}

function follow() {
  const links = new Map([...map.querySelectorAll("a[href^='#']")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const sections = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);

  function mark() {
    const read = sections.findLast((section) => section.getBoundingClientRect().top < innerHeight / 3) ?? sections[0];
    for (const [id, link] of links) {
      if (id === read?.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  let waiting = false;
  addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        mark();
      });
    },
    { passive: true },
  );
  mark();
}

if (map) {
  fold();
  wide.addEventListener("change", fold);
  map.addEventListener("click", (event) => {
    if (event.target.closest("a") && !wide.matches) map.open = false;
  });
  follow();
}
