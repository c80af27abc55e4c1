// [data-player]: a sound with its waveform. Other scripts use what stands on the element and nothing else:
//   element.player: seek(seconds), play(from, to), pause(), time, duration, playing, stretch ([from, to] or null)
//   "player:time", detail {seconds, playing}: it moved, began or stopped
//   "player:remark", detail {seconds, end}: `c` was pressed, to write about this moment, or the stretch that it is in
//     (end; else null).
//     Its button is there where the page has a [data-remark-form].
//   "player:markers" on the document: look again for [data-marker][data-start][data-end][data-number][data-kind]
//     (seconds), drawn as flags
//   a[data-play-at="61.2"][data-play-to="65"]: plays from there; [data-play-version]: only where the player has that
//     version, else the link is followed
// `#t=61.2` or `#t=61.2,65` in the page's address sets the place. Without script there is <audio controls>.

import { clock, fragment } from "./moments.js";
import { post } from "./op.js";
import { Stretch } from "./stretch.js";
import { Wave } from "./wave.js";

const SILENT = "Your browser cannot play this file. Save it, and listen in your DAW.";
const LANES = 2; // rows of flags
const FLAG = 26; // pixels that one takes
const NEAR = 0.1; // seconds

class Player {
  constructor(element) {
    const part = (name) => element.querySelector(`[data-player-${name}]`);
    this.element = element;
    this.audio = element.querySelector("audio");
    this.parts = { play: part("play"), time: part("time"), said: part("said"), flags: part("flags"), heard: part("heard") };
    this.pending = null; // seconds to go to as soon as the sound is there
    this.until = null; // seconds where it stops by itself
    this.duration = Number(element.dataset.seconds);
    this.repeats = new Stretch(element, {
      duration: this.duration,
      time: () => this.time,
      onChange: (range) => this.repeat(range),
    });
    this.wave = new Wave(element.querySelector("[data-wave]"), {
      duration: this.duration,
      onSeek: (seconds) => this.seek(seconds),
      onStretch: (range) => this.repeats.set(range),
    });
    this.listen(part("remark"));
    this.audio.removeAttribute("controls");
    this.wave.at(0);
    this.wave.load(element.dataset.peaks);
    new ResizeObserver(() => this.flag()).observe(this.wave.slider);
  }

  get time() {
    return this.pending ?? this.audio.currentTime;
  }

  get playing() {
    return !this.audio.paused;
  }

  /** A place that was asked for; what should stop by itself plays on. */
  seek(seconds) {
    this.until = null;
    this.move(seconds);
  }

  move(seconds) {
    const to = Math.min(this.duration, Math.max(0, seconds));
    if (this.audio.readyState === 0) this.pending = to;
    else this.audio.currentTime = to;
    this.tell();
  }

  play(from, to) {
    if (from !== undefined) this.move(from);
    else if (this.time >= this.duration - 0.05) this.move(0);
    this.until = to ?? null;
    this.audio.play().catch((fault) => {
      if (fault.name !== "AbortError") this.say(SILENT);
    });
  }

  pause() {
    this.audio.pause();
  }

  get stretch() {
    return this.repeats.range;
  }

  repeat(range) {
    this.wave.stretch(range);
    if (range && (this.time < range[0] || this.time > range[1])) this.seek(range[0]);
  }

  remark() {
    this.pause();
    const { stretch, time } = this;
    const isIn = stretch && time >= stretch[0] - NEAR && time <= stretch[1] + NEAR;
    const [seconds, end] = isIn ? stretch : [time, null];
    this.element.dispatchEvent(new CustomEvent("player:remark", { bubbles: true, detail: { seconds, end } }));
  }

  listen(remark) {
    const { audio, parts } = this;
    parts.play.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    this.wave.slider.addEventListener("keydown", (event) => this.key(event));
    if (remark && document.querySelector("[data-remark-form]")) {
      remark.hidden = false;
      remark.addEventListener("click", () => this.remark());
    }
    audio.addEventListener("loadedmetadata", () => this.arrive());
    for (const name of ["play", "pause", "seeked", "timeupdate", "ended"]) audio.addEventListener(name, () => this.tell());
    audio.addEventListener("play", () => this.began());
    audio.addEventListener("timeupdate", () => this.turn());
    audio.addEventListener("error", () => this.say(SILENT));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      " ": () => this.parts.play.click(),
      c: () => this.element.querySelector("[data-player-remark]:not([hidden])")?.click(),
      "[": () => this.repeats.mark("from"),
      "]": () => this.repeats.mark("to"),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  arrive() {
    if (this.pending === null) return;
    this.audio.currentTime = this.pending;
    this.pending = null;
  }

  began() {
    this.say("");
    document.dispatchEvent(new CustomEvent("sound:began", { detail: this }));
    if (this.parts.heard) {
      const form = this.parts.heard;
      this.parts.heard = null;
      post(form.action, new FormData(form)).catch(() => {}); // the server notes it at the file, too
    }
    const frame = () => {
      if (!this.playing) return;
      this.turn();
      this.show();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** Whether here it stops, or begins again. */
  turn() {
    if (!this.playing) return;
    if (this.until !== null && this.time >= this.until) {
      const end = this.until;
      this.pause();
      this.seek(end);
      return;
    }
    const range = this.until === null && this.repeats.repeated;
    if (range && this.time >= range[1]) this.move(range[0]);
  }

  show() {
    const { time, duration } = this;
    this.wave.at(time);
    this.parts.time.textContent = `${clock(time)} / ${clock(duration)}`;
  }

  tell() {
    const words = this.playing ? "Pause" : "Play";
    if (this.element.dataset.state !== words) {
      this.element.dataset.state = words;
      this.parts.play.querySelector("span").textContent = words;
    }
    this.show();
    const detail = { seconds: this.time, playing: this.playing };
    this.element.dispatchEvent(new CustomEvent("player:time", { bubbles: true, detail }));
  }

  say(words) {
    this.parts.said.textContent = words;
  }

  /** A flag for each marker of this version; what overlaps stands lower. They only picture the list. */
  flag() {
    const ends = Array(LANES).fill(-1);
    const box = this.parts.flags;
    const width = this.wave.slider.clientWidth || 1;
    const flags = [...document.querySelectorAll("[data-marker][data-start]")]
      .filter((one) => !one.dataset.version || one.dataset.version === this.element.dataset.version)
      .map((one, place) => ({ one, start: Number(one.dataset.start), number: one.dataset.number || String(place + 1) }))
      .sort((one, other) => one.start - other.start)
      .map(({ one, start, number }) => {
        const x = (start / this.duration) * width;
        const free = ends.findIndex((end) => end <= x);
        const lane = free < 0 ? ends.indexOf(Math.min(...ends)) : free;
        ends[lane] = x + FLAG;
        return this.flagOf(one, start, number, `wave-lane-${lane}${x + FLAG > width ? " wave-flag-last" : ""}`);
      });
    box.replaceChildren(...flags.flat());
    box.classList.toggle("is-crowded", ends[1] >= 0);
  }

  flagOf(one, start, number, kinds) {
    const flag = document.createElement("span");
    flag.className = `wave-flag ${kinds}`;
    flag.dataset.kind = one.dataset.kind || "";
    flag.textContent = number;
    flag.style.insetInlineStart = `${(100 * start) / this.duration}%`;
    flag.addEventListener("click", () => this.seek(start));
    const end = Number(one.dataset.end);
    if (!(end > start)) return [flag];
    const reach = document.createElement("span");
    reach.className = "wave-reach";
    reach.style.insetInlineStart = flag.style.insetInlineStart;
    reach.style.inlineSize = `${(100 * (end - start)) / this.duration}%`;
    return [flag, reach];
  }
}

for (const element of document.querySelectorAll("[data-player]")) element.player = new Player(element);

const all = () => [...document.querySelectorAll("[data-player]")].map((element) => element.player);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-play-at]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const { playAt, playTo, playVersion } = link.dataset;
  const player = all().find((one) => !playVersion || one.element.dataset.version === playVersion);
  if (!player) return;
  event.preventDefault();
  player.play(Number(playAt), playTo ? Number(playTo) : undefined);
  player.element.scrollIntoView({ block: "nearest", behavior: "smooth" });
});

document.addEventListener("player:markers", () => all().forEach((player) => player.flag()));

// One sound stops another.
document.addEventListener("sound:began", (event) => {
  for (const player of all()) if (player !== event.detail && player.playing) player.pause();
});
document.addEventListener(
  "play",
  (event) => {
    for (const player of all()) if (player.audio !== event.target && player.playing) player.pause();
  },
  true,
);

function goToAddress() {
  const found = fragment(location.hash);
  const player = all()[0];
  if (!found || !player) return;
  player.seek(found[0]);
  if (found[1] !== null) player.repeats.set(found);
}
goToAddress();
addEventListener("hashchange", goToAddress);
