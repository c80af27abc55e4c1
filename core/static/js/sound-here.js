// Where the sound of this page stands now: of the player, or of a plain <audio>.

/** {seconds, version, pause}, or nothing where no sound stands past its beginning. version: of a piece, as words. */
export function soundHere() {
  const holder = document.querySelector("[data-player]");
  const player = holder?.player;
  const audio = player ? undefined : document.querySelector("main audio");
  const seconds = player ? player.time : audio?.currentTime;
  if (!(seconds > 0)) return undefined;
  const version = document.querySelector("[data-remarks]")?.dataset.version ?? "";
  return { seconds, version, pause: () => (player ?? audio).pause() };
}

/** "1:12.480" */
export function clockTime(seconds) {
  const ms = Math.round(seconds * 1000);
  const rest = (ms % 60_000) / 1000;
  const words = Number.isInteger(rest) ? String(rest).padStart(2, "0") : rest.toFixed(3).padStart(6, "0");
  return `${Math.floor(ms / 60_000)}:${words}`;
}
