// The stretch of a sound that repeats: dragged on the waveform, typed, or begun and ended with `[` and `]`.

import { exact, secondsOf } from "./moments.js";

const SHORTEST = 0.05; // seconds

export class Stretch {
  /** box: holds [data-stretch-from], -to, -on, -clear, -mark. time(): where the sound is; onChange(range or null). */
  constructor(box, { duration, time, onChange }) {
    Object.assign(this, { duration, time, onChange, range: null });
    const part = (name) => box.querySelector(`[data-stretch-${name}]`);
    this.fields = { from: part("from"), to: part("to"), on: part("on"), clear: part("clear") };
    for (const name of ["from", "to"]) this.fields[name].addEventListener("change", () => this.typed());
    this.fields.on.addEventListener("change", () => this.onChange(this.range));
    this.fields.clear.addEventListener("click", () => this.set(null));
    for (const button of box.querySelectorAll("[data-stretch-mark]")) {
      button.addEventListener("click", () => this.mark(button.dataset.stretchMark));
    }
  }

  /** What is to be repeated now, or null. */
  get repeated() {
    return this.fields.on.checked ? this.range : null;
  }

  set(range) {
    const { from, to, on, clear } = this.fields;
    this.range = range && range[1] - range[0] >= SHORTEST ? range : null;
    from.value = this.range ? exact(this.range[0]) : "";
    to.value = this.range ? exact(this.range[1]) : "";
    from.ariaInvalid = to.ariaInvalid = null;
    on.checked = Boolean(this.range);
    on.disabled = clear.disabled = !this.range;
    this.onChange(this.range);
  }

  /** One end of the stretch is here; the other stays where it fits, or is the sound's. */
  mark(end) {
    const [from, to] = this.range ?? [0, this.duration];
    const here = this.time();
    this.set(end === "from" ? [here, to > here ? to : this.duration] : [from < here ? from : 0, here]);
  }

  typed() {
    const { from, to } = this.fields;
    const [first, last] = [secondsOf(from.value), secondsOf(to.value)];
    from.ariaInvalid = from.value && !(first < this.duration) ? "true" : null;
    to.ariaInvalid = to.value && !(last > (first || 0)) ? "true" : null;
    if (first < last && first < this.duration) this.set([first, Math.min(last, this.duration)]);
    else if (!from.value && !to.value) this.set(null);
  }
}
