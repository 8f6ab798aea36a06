const two = (value: number): string => String(value).padStart(2, '0');

/**
 * How long something plays, as players write it: "0:12", "4:05", "1:02:03". What lasts less than a second is no "0:00".
 * @param ms milliseconds
 */
export function playingTime(ms: number): string {
  return secondsAsTime(Math.max(1, Math.round(ms / 1000)));
}

/**
 * A place in it: "0:00" at its beginning.
 * @param ms milliseconds
 */
export function playingPosition(ms: number): string {
  return secondsAsTime(Math.max(0, Math.floor(ms / 1000)));
}

function secondsAsTime(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
