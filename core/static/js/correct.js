// [data-correct]: undo what was done to a sound. Its selects become sliders, and the served file goes through a bell
// that follows them. The selects stay what is sent.

import { Bell, RATE } from "./bell.js";

const CHECKED = "woodshed.volume"; // as in js/ear.js
const SITTING = 4 * 3600e3; // ms
const room = document.querySelector("[data-correct]");
if (room && window.AudioContext) begin();

function begin() {
  const play = room.querySelector("[data-correct-play]");
  const through = room.querySelector("[data-correct-through]");
  const plays = room.querySelector("[data-correct-plays]");
  const said = room.querySelector("[data-correct-said]");
  const selects = [...room.querySelectorAll("select[data-slide]")];
  let context, bell, buffer, node;

  room.classList.add("is-live");
  room.querySelector(".correct-plain")?.remove(); // its button would be what Enter on a slider presses
  selects.forEach(slide);

  const values = () => Object.fromEntries(selects.map((one) => [one.dataset.slide, Number(one.value)]));
  const isThrough = () => through.getAttribute("aria-pressed") === "true";
  const follow = () => bell?.set(values(), isThrough());

  room.addEventListener("input", follow);
  through.addEventListener("click", () => {
    through.setAttribute("aria-pressed", String(!isThrough()));
    follow();
  });
  play.addEventListener("click", async () => {
    if (node) {
      stop();
      return;
    }
    if (!isChecked()) {
      checks(() => play.click());
      return;
    }
    try {
      await load();
      await context.resume();
    } catch {
      said.textContent = "The sound did not come. Check the connection and press play again.";
      return;
    }
    said.textContent = "";
    note();
    start();
  });

  async function load() {
    if (buffer) return;
    context ??= new AudioContext({ sampleRate: RATE });
    bell ??= new Bell(context);
    follow();
    const answer = await fetch(room.dataset.correct, { credentials: "same-origin" });
    if (!answer.ok) throw new Error();
    buffer = await context.decodeAudioData(await answer.arrayBuffer());
  }

  function start() {
    node = context.createBufferSource();
    node.buffer = buffer;
    node.loop = true;
    node.connect(bell.filter);
    node.start();
    plays.value = String(Number(plays.value) + 1);
    shows(true);
  }

  function stop() {
    node.stop();
    node.disconnect();
    node = undefined;
    shows(false);
  }

  function shows(isPlaying) {
    play.setAttribute("aria-pressed", String(isPlaying));
    play.querySelector("[data-correct-play-words]").textContent = isPlaying ? "Stop" : "Play";
  }
}

/** As before the first sound of any sitting: js/ear.js knows the box, and what is noted counts for both. */
function checks(goOn) {
  const box = document.querySelector("[data-ear-volume]");
  box.querySelector("[data-ear-test]").src = room.dataset.correctReference;
  box.querySelector("[data-ear-go]").addEventListener("click", () => { note(); goOn(); }, { once: true });
  box.showModal();
}

function isChecked() {
  try {
    return Date.now() - Number(sessionStorage.getItem(CHECKED) ?? 0) < SITTING;
  } catch {
    return true;
  }
}

function note() {
  try {
    sessionStorage.setItem(CHECKED, String(Date.now()));
  } catch {
    // asked again at the next page
  }
}

/** A slider in the place of a select: one step for each of its options. */
function slide(select) {
  const range = document.createElement("input");
  const words = document.createElement("output");
  const label = select.labels[0];
  Object.assign(range, { type: "range", id: `${select.id}-slider`, min: 0, max: select.options.length - 1, step: 1 });
  range.value = String(select.selectedIndex);
  range.className = "correct-slider";
  words.className = "correct-value";
  words.htmlFor = range.id;
  label.htmlFor = range.id;
  const tell = () => {
    select.selectedIndex = Number(range.value);
    const text = select.options[select.selectedIndex].textContent.trim();
    words.textContent = text;
    range.setAttribute("aria-valuetext", text);
  };
  range.addEventListener("input", tell);
  tell();
  select.hidden = true;
  select.after(range);
  label.after(words);
}
