// A bell over a sound, as the browser filters it: the RBJ cookbook's peaking filter, at the file's own rate. What it
// raises is taken off the whole, so that nothing gets louder than the sound was.

export const RATE = 44100;
const SMOOTH = 0.015; // seconds that a change takes, so that it does not click

export class Bell {
  constructor(context) {
    this.context = context;
    this.filter = context.createBiquadFilter();
    this.filter.type = "peaking";
    this.level = context.createGain();
    this.filter.connect(this.level).connect(context.destination);
  }

  /** isOn: false lets the sound through as it is. */
  set({ freq, gain, q }, isOn = true) {
    const used = isOn ? gain : 0;
    this.turn(this.filter.frequency, freq);
    this.turn(this.filter.Q, q);
    this.turn(this.filter.gain, used);
    this.turn(this.level.gain, 10 ** (-Math.max(0, used) / 20));
  }

  turn(param, value) {
    param.cancelScheduledValues(this.context.currentTime);
    if (this.context.state === "running") param.setTargetAtTime(value, this.context.currentTime, SMOOTH);
    else param.value = value;
  }
}
