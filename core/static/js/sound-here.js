// Where the sound of this page stands now: of the player, or of a plain <audio>.

/** {seconds, version, pause}, or nothing where no sound stands past its beginning. version: of a piece, as words. */
export function soundHere() {
  const player = document.querySelector("[data-player]")?.player;
  const audio = player ? undefined : document.querySelector("main audio");
  const seconds = player ? player.time : audio?.currentTime;
  if (!(seconds > 0)) return undefined;
  const version = document.querySelector("[data-remarks]")?.dataset.version ?? "";
  return { seconds, version, pause: () => (player ?? audio).pause() };
}
