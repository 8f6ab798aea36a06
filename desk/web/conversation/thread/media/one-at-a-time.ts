let playing: HTMLMediaElement | null = null;

/** This player has begun: whatever else is playing pauses. */
export function isPlaying(player: HTMLMediaElement | null): void {
  if (playing !== player) playing?.pause();
  playing = player;
}

/** This player goes away. */
export function isQuiet(player: HTMLMediaElement): void {
  player.pause();
  if (playing === player) playing = null;
}
