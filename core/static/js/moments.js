// Moments of a sound between seconds and what people write: "1:12", "1:12.480".

/** Whole seconds, as a clock that runs shows them. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** To the millisecond, which is left out where it is 0; as core/words.py writes it. */
export function exact(seconds) {
  const all = Math.max(0, Math.round(seconds * 1000));
  const ms = all % 1000;
  return clock((all - ms) / 1000) + (ms ? `.${String(ms).padStart(3, "0")}` : "");
}

/** "1:12.48", "72.48" or "1:02:03" in seconds; NaN for what is none. */
export function secondsOf(text) {
  const parts = text.trim().replace(",", ".").split(":");
  if (parts.length > 3 || !parts.every((part) => /^\d+(\.\d+)?$/.test(part))) return NaN;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** What an address names: "#t=61.2,65" as [61.2, 65], "#t=61" as [61, null]; null for another one. */
export function fragment(hash) {
  const found = /^#t=(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?$/.exec(hash);
  return found && [Number(found[1]), found[2] === undefined ? null : Number(found[2])];
}
