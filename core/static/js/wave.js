// The bar of a sound: its waveform where there is one, the place where it is, and the stretch that repeats.
// Two pictures of the waveform lie upon each other; of the upper one, in the accent's colour, what was played is shown.
// Ours rather than a library's: the ones there are write a style element, which our policy for pages refuses.

import { clock } from "./moments.js";

const DRAG = 6; // pixels from which a click is a drag
const STEP = 5; // seconds
const LEAP = 30; // seconds

export class Wave {
  /** slider: [data-wave]. duration: seconds. onSeek(seconds), onStretch([from, to]): what hands did here. */
  constructor(slider, { duration, onSeek, onStretch }) {
    Object.assign(this, { slider, duration, onSeek, onStretch, peaks: null, time: 0 });
    this.canvases = [...slider.querySelectorAll("canvas")];
    this.head = slider.querySelector("[data-wave-head]");
    this.band = slider.querySelector("[data-wave-band]");
    slider.addEventListener("keydown", (event) => this.key(event));
    slider.addEventListener("pointerdown", (event) => this.grip(event));
    new ResizeObserver(() => this.draw()).observe(slider);
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** address: of audiowaveform's JSON, version 2; none, or one that fails, leaves a plain line. */
  async load(address) {
    if (!address) return;
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (answer.ok) this.show(await answer.json());
    } catch {
      // the line stays
    }
  }

  show(peaks) {
    this.peaks = peaks;
    this.draw();
  }

  at(seconds) {
    this.time = seconds;
    const part = this.duration ? Math.min(1, seconds / this.duration) : 0;
    this.head.style.insetInlineStart = `${100 * part}%`;
    this.canvases[1].style.clipPath = `inset(0 ${100 * (1 - part)}% 0 0)`;
    if (this.slider.ariaValueNow === seconds.toFixed(1)) return;
    this.slider.ariaValueNow = seconds.toFixed(1);
    this.slider.ariaValueText = `${clock(seconds)} of ${clock(this.duration)}`;
  }

  /** range: [from, to] in seconds, or null. */
  stretch(range) {
    this.band.hidden = !range;
    if (!range) return;
    this.band.style.insetInlineStart = `${(100 * range[0]) / this.duration}%`;
    this.band.style.inlineSize = `${(100 * (range[1] - range[0])) / this.duration}%`;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = {
      ArrowLeft: this.time - STEP,
      ArrowDown: this.time - STEP,
      ArrowRight: this.time + STEP,
      ArrowUp: this.time + STEP,
      PageDown: this.time - LEAP,
      PageUp: this.time + LEAP,
      Home: 0,
      End: this.duration,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.onSeek(Math.min(this.duration, Math.max(0, to)));
  }

  grip(event) {
    if (event.button !== 0) return;
    const { slider } = this;
    const box = slider.getBoundingClientRect();
    const secondsAt = (x) => Math.min(1, Math.max(0, (x - box.left) / box.width)) * this.duration;
    const from = event.clientX;
    let dragged = false;
    const move = (moved) => {
      dragged ||= Math.abs(moved.clientX - from) > DRAG;
      if (dragged) this.stretch([secondsAt(from), secondsAt(moved.clientX)].sort((one, other) => one - other));
    };
    const end = (ended) => {
      slider.removeEventListener("pointermove", move);
      slider.removeEventListener("pointerup", end);
      slider.removeEventListener("pointercancel", end);
      const range = [secondsAt(from), secondsAt(ended.clientX)].sort((one, other) => one - other);
      if (ended.type === "pointercancel") this.onStretch(null); // the page was scrolled instead
      else if (dragged) this.onStretch(range);
      else this.onSeek(range[0]);
    };
    slider.setPointerCapture(event.pointerId);
    slider.addEventListener("pointermove", move);
    slider.addEventListener("pointerup", end);
    slider.addEventListener("pointercancel", end);
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.slider;
    const scale = devicePixelRatio || 1;
    for (const canvas of this.canvases) {
      canvas.width = width * scale;
      canvas.height = height * scale;
      const pen = canvas.getContext("2d");
      pen.scale(scale, scale);
      pen.fillStyle = getComputedStyle(canvas).color;
      if (this.peaks) this.columns(pen, width, height);
      else pen.fillRect(0, height / 2 - 1, width, 2);
    }
  }

  /** A column for each pixel: from the lowest to the highest of all channels. */
  columns(pen, width, height) {
    const { channels, length, data, bits, sample_rate: rate, samples_per_pixel: step } = this.peaks;
    const full = 2 ** (bits - 1);
    const shown = Math.min(width, Math.ceil((width * length * step) / rate / this.duration));
    for (let x = 0; x < shown; x += 1) {
      const first = Math.floor((x * length) / shown);
      const next = Math.max(first + 1, Math.floor(((x + 1) * length) / shown));
      let low = 0;
      let high = 0;
      for (let place = first * channels * 2; place < next * channels * 2; place += 2) {
        low = Math.min(low, data[place]);
        high = Math.max(high, data[place + 1]);
      }
      const top = (height / 2) * (1 - high / full);
      pen.fillRect(x, top, 1, Math.max(1, (height / 2) * (1 - low / full) - top));
    }
  }
}
