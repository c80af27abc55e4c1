// The mixing desk of a comparison: each side turned down by its own figure, and one of them heard. The same in a page
// and in an OfflineAudioContext.

export const FADE = 0.02; // seconds from one side to another

export class Graph {
  /** gains: dB, 0 or less, one for each side. */
  constructor(context, gains) {
    this.context = context;
    this.current = 0;
    this.master = context.createGain();
    this.master.connect(context.destination);
    this.inputs = gains.map((gain) => {
      const level = context.createGain();
      level.gain.value = 10 ** (gain / 20);
      return level;
    });
    this.fades = this.inputs.map((level, side) => {
      const fade = context.createGain();
      fade.gain.value = side === this.current ? 1 : 0;
      level.connect(fade).connect(this.master);
      return fade;
    });
  }

  /** Hear this side from `when` on (the context's seconds), and none of the others 20 ms later. */
  select(side, when = this.context.currentTime) {
    this.fades.forEach((fade, place) => this.ramp(fade.gain, Number(place === this.current), Number(place === side), when, FADE));
    this.current = side;
  }

  /** Everything in or out, without a click. Returns when it is done, in the context's seconds. */
  open(isOpen, when = this.context.currentTime) {
    this.ramp(this.master.gain, Number(!isOpen), Number(isOpen), when, FADE / 2);
    return when + FADE / 2;
  }

  /** Straight lines: versions of one piece are alike, so that their sum stays as loud. from: where it will be by then;
   *  now, it may still be on its way. */
  ramp(param, from, to, when, seconds) {
    const isNow = when <= this.context.currentTime;
    param.cancelScheduledValues(when);
    param.setValueAtTime(isNow ? param.value : from, when);
    param.linearRampToValueAtTime(to, when + seconds);
  }
}
