/** One event of a `text/event-stream`; one without data only moves the place to resume from. */
export interface ServerEvent {
  /** The last id that was given, also by an earlier event; null before the first. */
  id: string | null;
  event: string;
  data: string;
}

/**
 * Cuts a `text/event-stream` into its events, whatever pieces it arrives in. Read by hand and not with the browser's
 * EventSource, because that can neither send our header nor tell that the heartbeats have stopped.
 * @returns a function that takes the next piece and gives the events that are complete
 */
export function createEventParser(): (piece: string) => ServerEvent[] {
  let rest = '';
  let id: string | null = null;
  let event = 'message';
  let data: string[] = [];
  let given = false;

  return (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    const complete: ServerEvent[] = [];
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line === '') {
        if (given) complete.push({ id, event, data: data.join('\n') });
        given = false;
        event = 'message';
        data = [];
        continue;
      }
      if (line.startsWith(':')) continue;
      given = true;
      const colon = line.indexOf(':');
      const field = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'id') id = value;
      else if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
    }
    return complete;
  };
}
