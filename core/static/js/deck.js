// [data-deck]: hears versions against each other: as loud, at one playhead, blind on wish, a stretch again and again.
// Without script each of them has <audio controls>.

import { Blind, LETTERS } from "./deck-blind.js";
import { Buffers } from "./deck-buffers.js";
import { Elements } from "./deck-elements.js";
import { clock } from "./moments.js";
import { opId, post } from "./op.js";
import { Stretch } from "./stretch.js";
import { Wave } from "./wave.js";

const DECODED = 240; // seconds of all sides together that are decoded: about 90 MB
const DECODED_ROUGH = 720; // where one of them is MP3 or Ogg, in which a browser finds a second only roughly
const ROUGH = "Long MP3 or Ogg files may stand some hundredths of a second apart here. WAV and FLAC do not.";

class Deck {
  constructor(element) {
    const part = (name) => element.querySelector(`[data-deck-${name}]`);
    this.element = element;
    this.sides = [...element.querySelectorAll("[data-deck-side]")].map((button) => ({ button, ...button.dataset }));
    this.parts = {};
    for (const name of ["play", "time", "said", "switch", "rounds", "round", "asked", "prefer", "stop", "told", "kept", "again"]) {
      this.parts[name] = part(name);
    }
    this.duration = Number(element.dataset.seconds);
    this.start = 0; // seconds, until there is an engine
    this.current = 0; // side that is heard
    this.blind = null;
    this.result = {}; // of the last blind comparison, as it is sent
    this.repeats = new Stretch(element, { duration: this.duration, time: () => this.time, onChange: (range) => this.repeat(range) });
    this.wave = new Wave(element.querySelector("[data-wave]"), {
      duration: this.duration,
      onSeek: (seconds) => this.seek(seconds),
      onStretch: (range) => this.repeats.set(range),
    });
    this.listen();
    this.wave.at(0);
    this.label();
  }

  get time() {
    return this.engine ? this.engine.time : this.start;
  }

  get playing() {
    return Boolean(this.engine?.playing);
  }

  /** The engine that fits, loaded; made at the first play, since browsers give no sound before a click. */
  async ready() {
    if (!this.loading) {
      const context = new AudioContext();
      const all = this.sides.reduce((sum, side) => sum + Number(side.seconds), 0);
      const isExact = this.sides.every((side) => side.exact !== undefined);
      const fits = all <= (isExact ? DECODED : DECODED_ROUGH) && this.element.dataset.deck !== "elements";
      const Engine = fits ? Buffers : Elements;
      const engine = new Engine(
        context,
        this.sides.map((side) => side.src),
        this.sides.map((side) => Number(side.gain)),
      );
      this.loading = engine
        .load((done, count) => this.say(`Loading ${done + 1} of ${count} …`))
        .then(async () => {
          engine.onEnd = () => this.stopped();
          engine.graph.select(this.current);
          if (this.start) await engine.seek(this.start);
          engine.repeat(this.repeats.repeated);
          this.engine = engine;
          this.say(fits || isExact ? "" : ROUGH);
        })
        .catch((fault) => {
          this.loading = null;
          context.close();
          throw fault;
        });
    }
    await this.loading;
    await this.engine.context.resume();
  }

  async play() {
    document.dispatchEvent(new CustomEvent("sound:began", { detail: this }));
    try {
      await this.ready();
      await this.engine.play();
    } catch (fault) {
      this.say(fault.name === "EncodingError" ? "Your browser cannot play one of these files." : fault.message, true);
      return;
    }
    this.hear(this.current);
    this.show();
    const frame = () => {
      this.move();
      if (this.playing) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pause() {
    this.engine?.pause();
    this.stopped();
  }

  stopped() {
    this.show();
    this.move();
  }

  seek(seconds) {
    this.start = seconds;
    this.engine?.seek(seconds);
    this.move(seconds);
  }

  repeat(range) {
    this.wave.stretch(range);
    this.engine?.repeat(this.repeats.repeated);
    if (range && (this.time < range[0] || this.time > range[1])) this.seek(range[0]);
  }

  /** place: of the button; which side stands behind it is the blind order's to say. */
  select(place) {
    this.current = this.blind ? this.blind.order[place] : place;
    this.engine?.select(this.current);
    this.hear(this.current);
    this.label();
  }

  hear(side) {
    if (!this.blind || !this.playing) return;
    this.blind.heard.add(side);
    this.label();
  }

  listen() {
    const { parts } = this;
    parts.play.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    this.sides.forEach(({ button }, place) => button.addEventListener("click", () => this.select(place)));
    parts.switch.addEventListener("change", () => this.hide(parts.switch.checked));
    parts.rounds.addEventListener("change", () => this.blind && this.hide(true));
    parts.prefer.addEventListener("click", () => this.prefer());
    parts.stop.addEventListener("click", () => this.hide(false));
    parts.again.addEventListener("click", () => this.keep());
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  /** Inside the deck Space plays, also on a side's button: Enter is enough for that. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const isSide = event.target.closest("[data-deck-side], [data-wave]");
    if (!isSide) return;
    const act = {
      " ": () => this.parts.play.click(),
      "[": () => this.repeats.mark("from"),
      "]": () => this.repeats.mark("to"),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** Begin a blind comparison, or end it and show the names. */
  hide(isBlind) {
    this.blind = isBlind ? new Blind(this.sides.length, Number(this.parts.rounds.value)) : null;
    this.parts.switch.checked = isBlind;
    this.parts.told.hidden = true;
    this.select(isBlind ? 0 : this.current);
  }

  prefer() {
    const { blind } = this;
    if (!blind?.isReady) return;
    blind.prefer(blind.order.indexOf(this.current));
    if (blind.isOver) this.tell();
    else this.select(0);
  }

  /** What was preferred, in words, and kept. */
  tell() {
    const { preferred, rounds } = this.blind;
    const counts = this.sides.map((side, place) => ({ side, count: preferred.filter((one) => one === place).length }));
    counts.sort((one, other) => other.count - one.count);
    this.result = Object.fromEntries(preferred.map((place, round) => [`preferred.${round + 1}`, this.sides[place].version]));
    this.hide(false);
    const lines = counts.map(({ side, count }) => {
      const line = document.createElement("li");
      line.textContent = `${side.name}: ${count} of ${rounds} rounds`;
      return line;
    });
    this.parts.told.querySelector("ul").replaceChildren(...lines);
    this.parts.told.hidden = false;
    this.keep();
  }

  async keep() {
    const form = this.parts.kept;
    this.parts.again.hidden = true;
    try {
      const sent = new FormData(form);
      for (const [name, value] of Object.entries(this.result)) sent.set(name, value);
      await post(form.action, sent);
      this.say("The result is kept with this piece.");
      form.querySelector("[name=op]").value = opId();
    } catch (fault) {
      this.parts.again.hidden = false;
      this.say(fault.message, true);
    }
  }

  move(seconds = this.time) {
    this.wave.at(seconds);
    this.parts.time.textContent = `${clock(seconds)} / ${clock(this.duration)}`;
  }

  show() {
    const words = this.playing ? "Pause" : "Play";
    this.element.dataset.state = words;
    this.parts.play.querySelector("span").textContent = words;
  }

  /** Names or letters, which of them is heard, and the round. */
  label() {
    const { blind, parts } = this;
    this.element.toggleAttribute("data-blind", Boolean(blind));
    this.sides.forEach(({ button, name }, place) => {
      const side = blind ? blind.order[place] : place;
      button.querySelector("[data-deck-name]").textContent = blind ? LETTERS[place] : name;
      button.ariaPressed = String(side === this.current);
    });
    parts.round.hidden = !blind;
    if (blind) {
      const letter = LETTERS[blind.order.indexOf(this.current)];
      parts.asked.textContent = `Round ${blind.round} of ${blind.rounds}: which do you prefer?`;
      parts.prefer.querySelector("span").textContent = blind.isReady ? `I prefer ${letter}` : "Hear each of them first";
      parts.prefer.disabled = !blind.isReady;
    }
    this.draw(blind ? null : this.sides[this.current]);
  }

  /** The waveform of what is heard; none that would give it away. */
  async draw(side) {
    this.drawn = side;
    if (side?.peaks && side.waveform === undefined) {
      side.waveform = await fetch(side.peaks, { credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.json() : null))
        .catch(() => null);
    }
    if (this.drawn === side) this.wave.show(side?.waveform ?? null);
  }

  say(words, isBad = false) {
    this.parts.said.textContent = words;
    this.parts.said.classList.toggle("field-error", isBad);
  }
}

for (const element of document.querySelectorAll("[data-deck]")) element.deck = new Deck(element);

const all = () => [...document.querySelectorAll("[data-deck]")].map((element) => element.deck);

// One sound stops another.
document.addEventListener("sound:began", (event) => {
  for (const deck of all()) if (deck !== event.detail && deck.playing) deck.pause();
});
document.addEventListener("play", () => all().forEach((deck) => deck.playing && deck.pause()), true);
