// [data-ear]: what sounds, and how it is answered: on the frequency axis, on piano keys, by tapping. One sound at a
// time; before the first one of a sitting the volume is checked.

const CHECKED = "woodshed.volume";
const SITTING = 4 * 3600e3; // ms without a sound after which the volume is checked again
const box = document.querySelector("[data-ear-volume]");
let last = null; // the sound that `r` plays again
let waiting = null; // what is to sound once the volume is right

const ear = () => document.querySelector("[data-ear]");
const soundOf = (button) => button.closest(".ear-side").querySelector("[data-ear-sound]");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ear-play]");
  if (button) ask(soundOf(button));
  if (event.target.closest("[data-ear-tap]")) tap(event.target.closest("[data-ear-voice]"));
  if (event.target.closest("[data-ear-run]")) run(event.target.closest("[data-ear-grid]"));
  if (event.target.closest("[data-ear-pulse]")) pulse();
});

document.addEventListener("ear:replay", () => {
  const sounds = ear()?.querySelectorAll("[data-ear-sound]") ?? [];
  const again = last?.isConnected ? last : sounds[0];
  if (again) ask(again);
});

// ---- playing ----

function ask(sound) {
  if (box && !isChecked()) {
    waiting = sound;
    box.querySelector("[data-ear-test]").src = sound.closest("[data-ear-reference]").dataset.earReference;
    box.showModal();
    return;
  }
  play(sound);
}

function play(sound) {
  last = sound;
  note();
  hush(sound);
  sound.currentTime = 0;
  sound.play().catch((fault) => {
    if (fault.name !== "AbortError") say("This sound could not be played. Press play again, or answer without sound.");
  });
  say("");
  const plays = document.querySelector("[data-ear-asks] [data-ear-plays]");
  if (plays) plays.value = Number(plays.value) + 1;
}

function hush(besides) {
  for (const other of document.querySelectorAll("audio")) if (other !== besides) other.pause();
}

// The event comes late: a sound that was stopped meanwhile, by quick fingers, must not stop the next one.
document.addEventListener("play", (event) => {
  if (!event.target.paused) hush(event.target);
  mark();
}, true);
for (const name of ["pause", "ended"]) document.addEventListener(name, mark, true);

function mark() {
  for (const button of document.querySelectorAll("[data-ear-play]")) {
    const sound = soundOf(button);
    button.toggleAttribute("data-plays", !sound.paused && !sound.ended);
  }
}

function say(words) {
  const place = ear()?.querySelector("[data-ear-said]");
  if (place && place.textContent !== words) place.textContent = words;
}

function isChecked() {
  try {
    return Date.now() - Number(sessionStorage.getItem(CHECKED) ?? 0) < SITTING;
  } catch {
    return true; // where nothing can be kept it would be asked each time
  }
}

function note() {
  try {
    sessionStorage.setItem(CHECKED, String(Date.now()));
  } catch {
    // asked again at the next page
  }
}

box?.addEventListener("click", (event) => {
  const test = box.querySelector("[data-ear-test]");
  if (event.target.closest("[data-ear-try]")) test.play().catch(() => {}); // cut off by the other button
  if (!event.target.closest("[data-ear-go]")) return;
  test.pause();
  box.close();
  const sound = waiting;
  waiting = null;
  if (sound?.isConnected) play(sound);
});
box?.addEventListener("close", () => box.querySelector("[data-ear-test]").pause());

// ---- a question that has just come ----

function come() {
  const found = ear();
  if (!found || "seen" in found.dataset) return;
  found.dataset.seen = "";
  stopRun();
  for (const axis of document.querySelectorAll("[data-ear-axis]")) show(axis);
  if (!navigator.connection?.saveData) // made and fetched while the question is read
    for (const one of found.querySelectorAll("[data-ear-sound]")) one.preload = "auto";
  const sound = found.querySelector("[data-ear-sound]");
  if (sound && "earAtOnce" in found.dataset) ask(sound);
}

// ---- the frequency axis ----

const MOVES = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 3, PageDown: -3, Home: -99, End: 99 };

document.addEventListener("keydown", (event) => {
  const slider = event.target.closest("[data-ear-slider]");
  if (!slider || !(event.key in MOVES) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const choice = choiceOf(slider);
  choice.selectedIndex = Math.min(Math.max(choice.selectedIndex + MOVES[event.key], 0), choice.length - 1);
  show(slider.closest("[data-ear-axis]"));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.closest("[data-ear-slider]")) event.target.closest("form").requestSubmit();
});

for (const name of ["pointerdown", "pointermove"]) {
  document.addEventListener(name, (event) => {
    const slider = event.target.closest?.("[data-ear-slider]");
    if (!slider || event.buttons !== 1) return;
    if (name === "pointerdown") slider.setPointerCapture(event.pointerId);
    const { left, width } = slider.getBoundingClientRect();
    pick(slider, ((event.clientX - left) / width) * 100);
  });
}

function pick(slider, x) {
  const choice = choiceOf(slider);
  const far = (option) => Math.abs(Number(option.dataset.x) - x);
  const near = [...choice.options].reduce((one, other) => (far(other) < far(one) ? other : one));
  choice.selectedIndex = near.index;
  show(slider.closest("[data-ear-axis]"));
}

function choiceOf(slider) {
  return slider.closest("[data-ear-axis]").querySelector("select");
}

function show(axis) {
  const slider = axis.querySelector("[data-ear-slider]");
  const option = choiceOf(slider).selectedOptions[0];
  slider.setAttribute("aria-valuenow", option.index);
  slider.setAttribute("aria-valuetext", option.textContent);
  axis.querySelector("[data-ear-value]").textContent = option.textContent;
  const hand = axis.querySelector("[data-ear-hand]");
  hand.style.insetInlineStart = `${option.dataset.x}%`;
  hand.dataset.side = option.dataset.x < 12 ? "start" : option.dataset.x > 88 ? "end" : "";
}

// ---- piano keys ----

document.addEventListener("keydown", (event) => {
  const piano = event.target.closest("[data-ear-piano]");
  if (!piano || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const keys = [...piano.querySelectorAll("button")];
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const key = by
    ? keys[keys.indexOf(event.target) + by]
    : keys.find((one) => one.dataset.earLetter === event.key.toLowerCase());
  if (!key) return;
  event.preventDefault();
  if (by) key.focus();
  else key.click();
});

// ---- tapping a rhythm: a light runs over the slots, and a tap sets the one it is nearest to ----

let running = null;

function run(grid) {
  if (running) return stopRun();
  const slotMs = Number(grid.dataset.slotMs);
  const count = grid.querySelectorAll("[data-ear-voice]")[0].querySelectorAll("[data-ear-slot]").length;
  for (const slot of grid.querySelectorAll("[data-ear-slot]")) slot.checked = false;
  for (const sound of document.querySelectorAll("audio")) sound.pause();
  const began = performance.now() + 4 * slotMs;
  running = { grid, slotMs, count, began, timer: setInterval(light, 20), ticks: new AudioContext(), last: -1 };
}

function light() {
  const { grid, slotMs, count, began } = running;
  const place = Math.floor((performance.now() - began) / slotMs);
  if (place === running.last) return;
  running.last = place;
  const slot = ((place % count) + count) % count;
  for (const one of grid.querySelectorAll("[data-lit]")) one.removeAttribute("data-lit");
  for (const one of grid.querySelectorAll(`[data-ear-slot="${slot}"]`)) {
    one.closest("label").setAttribute("data-lit", "");
    if (!one.closest("label").previousElementSibling && one.closest("[data-ear-voice]").matches(":first-child")) tick();
  }
}

function tick() {
  const { ticks } = running;
  const tone = ticks.createOscillator();
  const level = ticks.createGain();
  tone.frequency.value = 1000;
  level.gain.setValueAtTime(0.05, ticks.currentTime);
  level.gain.exponentialRampToValueAtTime(0.0005, ticks.currentTime + 0.04);
  tone.connect(level).connect(ticks.destination);
  tone.start();
  tone.stop(ticks.currentTime + 0.05);
}

function stopRun() {
  if (!running) return;
  clearInterval(running.timer);
  running.ticks.close();
  for (const one of running.grid.querySelectorAll("[data-lit]")) one.removeAttribute("data-lit");
  running = null;
}

function tap(voice) {
  if (!running) run(voice.closest("[data-ear-grid]"));
  const { slotMs, count, began } = running;
  const place = Math.round((performance.now() - began) / slotMs);
  const slot = voice.querySelector(`[data-ear-slot="${((place % count) + count) % count}"]`);
  slot.checked = true;
}

// ---- tapping a tempo ----

let taps = [];

function pulse() {
  const now = performance.now();
  taps = now - (taps.at(-1) ?? 0) > 2500 ? [now] : [...taps, now].slice(-9);
  if (taps.length < 3) return;
  const field = document.querySelector("#typed-answer");
  if (field) field.value = String(Math.round(60000 / ((now - taps[0]) / (taps.length - 1))));
}

new MutationObserver(come).observe(document.querySelector("main"), { childList: true, subtree: true });
come();
