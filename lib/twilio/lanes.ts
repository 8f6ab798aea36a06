interface Task {
  urgent: boolean;
  /** Never rejects. */
  run(): Promise<void>;
}

interface Lane {
  waiting: Task[];
  running: boolean;
}

/**
 * Runs tasks in order within a lane and side by side across lanes, at most a given number at once. The outbox uses one lane
 * per customer and sender: an answer never overtakes the one before it, and one slow recipient holds nobody else up.
 *
 * Where more lanes are ready than may run, those with something urgent come first: a person who waits for an answer does not
 * queue behind a mailing. A lane's order is never broken for that; what is in front of something urgent becomes urgent, too.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that could run now, in the order in which they became ready. */
  readonly #urgent = new Set<string>();
  readonly #patient = new Set<string>();
  readonly #idle: (() => void)[] = [];
  #free: number;

  constructor(width: number) {
    this.#free = width;
  }

  /** Runs the task after everything before it in its lane, whatever became of that. */
  run<Result>(name: string, task: () => Promise<Result>, options: { urgent?: boolean } = {}): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      let lane = this.#lanes.get(name);
      if (lane === undefined) this.#lanes.set(name, (lane = { waiting: [], running: false }));
      const { urgent = true } = options;
      lane.waiting.push({ urgent, run: () => Promise.resolve().then(task).then(resolve, reject) });
      if (!lane.running) this.#makeReady(name, lane);
      this.#startNext();
    });
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#lanes.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #makeReady(name: string, lane: Lane): void {
    if (lane.waiting.some(({ urgent }) => urgent)) {
      this.#patient.delete(name);
      this.#urgent.add(name);
    } else {
      this.#patient.add(name);
    }
  }

  #startNext(): void {
    while (this.#free > 0) {
      const ready = this.#urgent.size > 0 ? this.#urgent : this.#patient;
      const [name] = ready;
      if (name === undefined) return;
      ready.delete(name);
      void this.#runFirst(name, this.#lanes.get(name)!);
    }
  }

  async #runFirst(name: string, lane: Lane): Promise<void> {
    this.#free--;
    lane.running = true;
    await lane.waiting.shift()!.run();
    lane.running = false;
    this.#free++;
    if (lane.waiting.length > 0) this.#makeReady(name, lane);
    else this.#lanes.delete(name);
    this.#startNext();
    if (this.#lanes.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
