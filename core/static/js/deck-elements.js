// Long sounds: an <audio> each, playing all at once and kept in step; decoded they would fill the memory. Of two that
// are apart, only the one that nobody hears is bent. In step to the sample are WAV and FLAC: of MP3 and Ogg a browser
// guesses where a second lies, and its clock does not know by how much it is wrong.

import { Graph } from "./deck-graph.js";

const LOOK = 50; // ms between two looks
const IN_STEP = 0.004; // seconds apart that are left alone
const SWITCHES = 0.008; // seconds apart at which a switch is made
const JUMPS = 0.15; // seconds apart from which it is set anew, rather than bent
const PATIENCE = 1500; // ms that a switch waits for them to be in step
const BEND = 0.06; // of the speed

export class Elements {
  /** sources: addresses. gains: dB. */
  constructor(context, sources, gains) {
    Object.assign(this, { context, playing: false, range: null, duration: 0 });
    this.graph = new Graph(context, gains);
    this.sounds = sources.map((source, side) => {
      const sound = new Audio();
      sound.preload = "auto";
      sound.preservesPitch = false;
      sound.src = source;
      context.createMediaElementSource(sound).connect(this.graph.inputs[side]);
      sound.addEventListener("ended", () => this.ended());
      return sound;
    });
  }

  async load(said) {
    for (const [done, sound] of this.sounds.entries()) {
      said?.(done, this.sounds.length);
      await until(sound, () => sound.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA, "canplay");
    }
    this.duration = Math.max(...this.sounds.map((sound) => sound.duration));
  }

  /** Whose clock counts: of what is heard, or where that has ended, of one that goes on. */
  get lead() {
    const heard = this.sounds[this.graph.current];
    return (heard.ended && this.sounds.find((sound) => !sound.ended)) || heard;
  }

  get time() {
    return this.target ?? this.lead.currentTime;
  }

  async play() {
    if (this.playing) return;
    if (this.time >= this.duration - 0.01) await this.place(0);
    if (this.range && this.time >= this.range[1]) await this.place(this.range[0]);
    this.playing = true;
    await this.start();
    this.timer ??= setInterval(() => this.look(), LOOK);
  }

  async start() {
    await Promise.all(this.sounds.filter((sound) => !sound.ended && this.time < sound.duration).map((sound) => sound.play()));
    if (!this.playing) return this.rest();
    this.graph.open(true);
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    clearInterval(this.timer);
    this.timer = null;
    this.graph.open(false);
    setTimeout(() => this.playing || this.rest(), 15);
  }

  rest() {
    for (const sound of this.sounds) sound.pause();
  }

  async seek(seconds) {
    this.graph.open(false);
    this.rest();
    await this.place(seconds);
    if (this.playing) await this.start();
  }

  /** All of them at one place, and loaded from there. */
  async place(seconds) {
    this.target = seconds;
    for (const sound of this.sounds) sound.currentTime = Math.min(seconds, sound.duration);
    await Promise.all(this.sounds.map((sound) => until(sound, () => !sound.seeking, "seeked")));
    this.target = null;
  }

  /** Bend what is not heard towards what is; and begin the repeat again. */
  look() {
    if (!this.playing || this.lead.seeking) return;
    if (this.range && this.time >= this.range[1]) this.seek(this.range[0]);
    for (const sound of this.sounds) {
      if (sound === this.lead) {
        sound.playbackRate = 1;
        continue;
      }
      if (sound.seeking || this.time >= sound.duration) continue;
      const ahead = this.apart(sound);
      if (Math.abs(ahead) > JUMPS) sound.currentTime = this.time;
      else sound.playbackRate = Math.abs(ahead) < IN_STEP ? 1 : 1 - Math.min(BEND, Math.max(-BEND, ahead * 3));
    }
  }

  /** Seconds by which it is ahead of the one that leads. */
  apart(sound) {
    return sound.currentTime - this.lead.currentTime;
  }

  /** Heard as soon as it is in step, which it is but for the first moment. */
  async select(side) {
    this.wanted = side;
    const began = performance.now();
    while (
      this.playing &&
      this.time < this.sounds[side].duration &&
      Math.abs(this.apart(this.sounds[side])) > SWITCHES &&
      performance.now() - began < PATIENCE
    ) {
      await new Promise((done) => setTimeout(done, 20));
      if (this.wanted !== side) return; // another one was asked for meanwhile
    }
    this.sounds[side].playbackRate = 1;
    this.graph.select(side);
  }

  repeat(range) {
    this.range = range;
  }

  ended() {
    if (!this.playing || this.sounds.some((sound) => !sound.ended && sound.duration > this.time + 0.05)) return;
    this.pause();
    this.onEnd?.();
  }
}

function until(sound, isSo, event) {
  return new Promise((done, fail) => {
    if (isSo()) return done();
    const look = () => {
      if (!isSo()) return;
      sound.removeEventListener(event, look);
      done();
    };
    sound.addEventListener(event, look);
    sound.addEventListener("error", () => fail(new Error("Your browser cannot play one of these files.")), { once: true });
  });
}
