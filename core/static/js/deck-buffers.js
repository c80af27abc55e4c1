// Short sounds: wholly decoded, all begun at the same sample, so that a switch turns faders and moves nothing.

import { Graph } from "./deck-graph.js";

const LEAD = 0.03; // seconds from "now" to a beginning that every side can keep

export class Buffers {
  /** sources: addresses. gains: dB. */
  constructor(context, sources, gains) {
    Object.assign(this, { context, sources, playing: false, offset: 0, began: 0, range: null });
    this.graph = new Graph(context, gains);
    this.nodes = [];
  }

  /** said(done, all): how far it is. */
  async load(said) {
    this.buffers = [];
    for (const [done, source] of this.sources.entries()) {
      said?.(done, this.sources.length);
      const answer = await fetch(source, { credentials: "same-origin" });
      if (!answer.ok) throw new Error("The server did not send one of them. Reload the page and try again.");
      this.buffers.push(await this.context.decodeAudioData(await answer.arrayBuffer()));
    }
    const longest = Math.max(...this.buffers.map((buffer) => buffer.length));
    this.buffers = this.buffers.map((buffer) => this.padded(buffer, longest));
    this.duration = longest / this.context.sampleRate;
  }

  /** As long as the longest: one that ends earlier must not begin its repeat earlier. */
  padded(buffer, length) {
    if (buffer.length === length) return buffer;
    const whole = this.context.createBuffer(buffer.numberOfChannels, length, buffer.sampleRate);
    for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
      whole.copyToChannel(buffer.getChannelData(channel), channel);
    }
    return whole;
  }

  /** Where it is, by the clock that the sound itself runs on. */
  get time() {
    if (!this.playing) return this.offset;
    const at = this.offset + Math.max(0, this.context.currentTime - this.began);
    if (!this.range || at < this.range[1]) return Math.min(at, this.duration);
    const [from, to] = this.range;
    return from + ((at - from) % (to - from));
  }

  play(when = this.context.currentTime + LEAD) {
    if (this.playing) return;
    if (this.time >= this.duration - 0.01) this.offset = 0;
    if (this.range && this.offset >= this.range[1]) this.offset = this.range[0];
    this.began = when;
    this.playing = true;
    this.nodes = this.buffers.map((buffer, side) => {
      const node = this.context.createBufferSource();
      node.buffer = buffer;
      if (this.range) [node.loop, node.loopStart, node.loopEnd] = [true, ...this.range];
      node.connect(this.graph.inputs[side]);
      node.start(when, this.offset);
      return node;
    });
    this.nodes[0].addEventListener("ended", (event) => {
      if (event.target !== this.nodes[0] || !this.playing) return;
      this.offset = this.duration;
      this.playing = false;
      this.onEnd?.();
    });
    this.graph.open(true, when);
  }

  pause() {
    if (!this.playing) return;
    this.offset = this.time;
    this.playing = false;
    const end = this.graph.open(false);
    for (const node of this.nodes) node.stop(end);
  }

  seek(seconds) {
    const isOn = this.playing;
    this.pause();
    this.offset = Math.min(seconds, this.duration ?? seconds);
    if (isOn) this.play();
  }

  select(side, when) {
    this.graph.select(side, when);
  }

  repeat(range) {
    const at = this.time;
    this.range = range;
    if (this.playing) this.seek(at);
  }
}
