interface Task {
  urgent: boolean;
  /** Never rejects. */
  run(): Promise<void>;
}

interface Lane {
  /** The first is the one by which it was begun. */
  readonly names: string[];
  waiting: Task[];
  running: boolean;
  /** How often it is held. */
  held: number;
}

/** A place in a lane that is kept although nothing is to be run at the moment. */
export interface Held {
  /** By which the lane is found for as long as it is held. */
  lane: string;
  leave(): void;
}

/**
 * Runs tasks in order within a lane and side by side across lanes, at most a given number at once. The outbox uses one lane
 * per customer and sender: an answer never overtakes the one before it, and one slow recipient holds nobody else up.
 *
 * A lane may have several names. While there is anything in it, each of them leads to it, and a name that comes along with one of
 * them does so, too. Where two names lead to different lanes already, the first decides.
 *
 * Where more lanes are ready than may run, those with something urgent come first: a person who waits for an answer does not
 * queue behind a mailing. A lane's order is never broken for that; what is in front of something urgent becomes urgent, too.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that could run now, in the order in which they became ready. */
  readonly #urgent = new Set<Lane>();
  readonly #patient = new Set<Lane>();
  readonly #idle: (() => void)[] = [];
  #width: number;
  #free: number;
  /** How many tasks wait or run. */
  #tasks = 0;

  constructor(width: number) {
    this.#width = width;
    this.#free = width;
  }

  /** From now on so many run at once; those that run already are not stopped. */
  set width(width: number) {
    this.#free += width - this.#width;
    this.#width = width;
    this.#startNext();
  }

  /** Runs the task after everything before it in its lane, whatever became of that. */
  run<Result>(
    names: string | readonly string[],
    task: () => Promise<Result>,
    { urgent = true }: { urgent?: boolean } = {},
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const lane = this.#laneOf(names);
      this.#tasks++;
      lane.waiting.push({ urgent, run: () => Promise.resolve().then(task).then(resolve, reject) });
      if (!lane.running) this.#makeReady(lane);
      this.#startNext();
    });
  }

  /** Keeps a lane and its names together until it is left. */
  hold(names: string | readonly string[]): Held {
    const lane = this.#laneOf(names);
    lane.held++;
    return {
      lane: lane.names[0]!,
      leave: () => {
        lane.held--;
        this.#endIfEmpty(lane);
      },
    };
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#tasks > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Resolves when everything has ended that waits or runs now, whatever comes after it. */
  async passed(): Promise<void> {
    const nothing = (): Promise<void> => Promise.resolve();
    await Promise.all([...new Set(this.#lanes.values())].map(({ names }) => this.run(names[0]!, nothing, { urgent: false })));
  }

  #laneOf(names: string | readonly string[]): Lane {
    const all = typeof names === 'string' ? [names] : names;
    const known = all.find((name) => this.#lanes.has(name));
    const lane = known === undefined ? { names: [], waiting: [], running: false, held: 0 } : this.#lanes.get(known)!;
    for (const name of all) {
      if (this.#lanes.has(name)) continue;
      this.#lanes.set(name, lane);
      lane.names.push(name);
    }
    return lane;
  }

  #makeReady(lane: Lane): void {
    if (lane.waiting.some(({ urgent }) => urgent)) {
      this.#patient.delete(lane);
      this.#urgent.add(lane);
    } else {
      this.#patient.add(lane);
    }
  }

  #startNext(): void {
    while (this.#free > 0) {
      const ready = this.#urgent.size > 0 ? this.#urgent : this.#patient;
      const [lane] = ready;
      if (lane === undefined) return;
      ready.delete(lane);
      void this.#runFirst(lane);
    }
  }

  async #runFirst(lane: Lane): Promise<void> {
    this.#free--;
    lane.running = true;
    await lane.waiting.shift()!.run();
    lane.running = false;
    this.#free++;
    this.#tasks--;
    if (lane.waiting.length > 0) this.#makeReady(lane);
    else this.#endIfEmpty(lane);
    this.#startNext();
    if (this.#tasks === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #endIfEmpty(lane: Lane): void {
    if (lane.running || lane.waiting.length > 0 || lane.held > 0) return;
    for (const name of lane.names) this.#lanes.delete(name);
  }
}
