// Sounds inside a lesson.
// [data-listen]: each [data-listen-play="address"] plays its sound, and pauses it; pressed while another sound of the
//   same example plays, it goes on at the same place, so that two can be compared ([data-keeps-place]; else it begins).
// [data-try]: sliders [data-try-slider][data-words] choose among the addresses in <template data-try-sounds>, the last
//   slider moving first; a change while it plays goes on at the same place. [data-try-untouched="address"] is held
//   against it.
// One sound stops another. Without script there is <audio controls>.

const SILENT = "This sound could not be played. Check the connection, and press play again.";
const START = 0.02; // seconds: nearer to the beginning than this is the beginning

let playing; // the deck that sounds

class Deck {
  /** onState(address): it plays this one now, or nothing. loops: until it is stopped. */
  constructor(root, { loops = false, onState }) {
    this.said = root.querySelector("[data-listen-said]");
    this.loops = loops;
    this.keepsPlace = "keepsPlace" in root.dataset;
    this.onState = onState;
    this.sounds = new Map();
    this.now = null;
  }

  get address() {
    return this.now && !this.now.paused ? this.now.dataset.address : "";
  }

  fetch(address) {
    if (!this.sounds.has(address)) {
      const audio = new Audio(address);
      audio.dataset.address = address;
      audio.preload = "auto";
      audio.loop = this.loops;
      audio.addEventListener("ended", () => this.tell());
      this.sounds.set(address, audio);
    }
    return this.sounds.get(address);
  }

  /** From the beginning, or from where the one before it stands. */
  async play(address) {
    const before = this.now;
    const next = this.fetch(address);
    if (playing !== this) playing?.stop();
    playing = this;
    for (const other of document.querySelectorAll("audio")) other.pause();
    this.now = next;
    if (before && before !== next) {
      const at = before.paused || !this.keepsPlace ? 0 : before.currentTime;
      if (at > START) await this.move(next, before);
      before.pause();
      before.currentTime = 0;
      if (this.now !== next) return; // another was asked for meanwhile
    }
    try {
      this.say("");
      await next.play();
    } catch (fault) {
      if (fault.name !== "AbortError") this.fail(address);
    }
    this.tell();
  }

  async move(next, before) {
    if (next.readyState === 0) {
      await new Promise((done) => {
        next.addEventListener("loadedmetadata", done, { once: true });
        next.addEventListener("error", done, { once: true });
        next.load();
      });
    }
    if (Number.isFinite(next.duration)) next.currentTime = Math.min(before.currentTime, next.duration);
  }

  stop() {
    if (this.now) {
      this.now.pause();
      this.now.currentTime = 0;
    }
    this.tell();
  }

  fail(address) {
    this.sounds.delete(address); // so that the next press asks again
    this.now = null;
    this.say(SILENT);
  }

  say(words) {
    this.said.textContent = words;
    this.said.hidden = !words;
  }

  tell() {
    this.onState(this.address);
  }
}

function press(button, isOn) {
  button.setAttribute("aria-pressed", String(isOn));
}

function listen(root) {
  const buttons = [...root.querySelectorAll("[data-listen-play]")];
  const deck = new Deck(root, {
    onState: (address) => {
      for (const button of buttons) press(button, button.dataset.listenPlay === address);
    },
  });
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const address = button.dataset.listenPlay;
      if (deck.address === address) deck.stop();
      else deck.play(address);
    });
  }
}

class Board {
  constructor(root) {
    const part = (name) => root.querySelector(`[data-try-${name}]`);
    this.sounds = part("sounds").content.textContent.trim().split(/\s+/);
    this.sliders = [...root.querySelectorAll("[data-try-slider]")];
    this.button = part("play");
    this.untouched = part("untouched");
    this.deck = new Deck(root, { loops: Boolean(this.untouched), onState: (address) => press(this.button, Boolean(address)) });
    this.button.addEventListener("click", () => (this.deck.address ? this.deck.stop() : this.deck.play(this.address)));
    this.untouched?.addEventListener("click", () => this.hold());
    for (const slider of this.sliders) {
      slider.addEventListener("input", () => this.turn(slider));
      this.name(slider);
    }
  }

  get isUntouched() {
    return this.untouched?.getAttribute("aria-pressed") === "true";
  }

  get address() {
    return this.isUntouched ? this.untouched.dataset.tryUntouched : this.sounds[this.place()];
  }

  /** Which of the sounds, with this slider moved by so many places. */
  place(moved, by = 0) {
    let place = 0;
    for (const slider of this.sliders) {
      const most = Number(slider.max);
      const at = Math.min(most, Math.max(0, Number(slider.value) + (slider === moved ? by : 0)));
      place = place * (most + 1) + at;
    }
    return place;
  }

  turn(slider) {
    this.name(slider);
    if (this.untouched) press(this.untouched, false);
    if (!this.deck.address) return;
    this.deck.play(this.address);
    for (const by of [-1, 1]) this.deck.fetch(this.sounds[this.place(slider, by)]);
  }

  hold() {
    press(this.untouched, !this.isUntouched);
    this.deck.play(this.address);
  }

  name(slider) {
    const words = JSON.parse(slider.dataset.words)[Number(slider.value)];
    slider.setAttribute("aria-valuetext", words);
    slider.nextElementSibling.textContent = words;
  }
}

for (const root of document.querySelectorAll("[data-listen]")) listen(root);
for (const root of document.querySelectorAll("[data-try]")) new Board(root);
document.addEventListener("play", () => playing?.stop(), true); // a player of the page's own began
