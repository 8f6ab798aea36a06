import type { ErrorCode } from '../domain/errors.ts';
import { asCenterError, type Health } from './health.ts';
import type { NodeStatus, RuntimeApi, RuntimeNode } from './runtime-api.ts';

type Look = Pick<NodeStatus, 'fill' | 'shape'>;

/**
 * Everything a node of ours can say under itself. The text of each word stands in the catalogue of every node that
 * uses it, as `<type>.status.<word>`.
 */
const LOOKS = {
  opening: { fill: 'grey', shape: 'ring' },
  ready: { fill: 'green', shape: 'ring' },
  clockAhead: { fill: 'yellow', shape: 'ring' },
  simulator: { fill: 'blue', shape: 'ring' },
  noWebhookYet: { fill: 'grey', shape: 'ring' },
  arriving: { fill: 'green', shape: 'dot' },
  signatureRefused: { fill: 'red', shape: 'ring' },
  waiting: { fill: 'yellow', shape: 'dot' },
  nobodyWaiting: { fill: 'green', shape: 'ring' },
  catchingUp: { fill: 'blue', shape: 'dot' },
  refusedByTwilio: { fill: 'red', shape: 'ring' },
  waitingForTwilio: { fill: 'yellow', shape: 'ring' },
  sent: { fill: 'green', shape: 'dot' },
  refused: { fill: 'yellow', shape: 'ring' },
} satisfies Record<string, Look>;

export type StatusWord = keyof typeof LOOKS;

const PROBLEM: Look = { fill: 'red', shape: 'dot' };

/** The problems that have a short text of their own; any other shows its code. */
export const SHOWN_PROBLEMS = [
  'CENTER_MISSING',
  'ACCOUNT_MISSING',
  'FILE_TAKEN',
  'PATH_TAKEN',
  'QUEUE_TAKEN',
  'QUEUE_MISSING',
  'CLOCK_MOVED',
  'STORE_UNAVAILABLE',
  'RUNTIME_TOO_OLD',
  'PUBLIC_URL_MISSING',
  'TOKEN_MISSING',
  'MALFORMED_SID',
  'SENDER_MISSING',
  'INVALID_RECIPIENT',
  'INVALID_PATH',
  'PORT_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

/** A moment in a status line, by this machine's time zone: "2026-11-23 14:02". */
export function minuteOf(at: number | null): string {
  if (at === null) return '';
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** A node's line of status: translated, and sent to the editor only when it changes. */
export class StatusLine {
  readonly #RED: RuntimeApi;
  readonly #node: RuntimeNode;
  #shown = '';
  #problem = false;

  constructor(RED: RuntimeApi, node: RuntimeNode) {
    this.#RED = RED;
    this.#node = node;
  }

  /** A problem stays on show until {@link clearProblem}. */
  show(word: StatusWord, values: Record<string, unknown> = {}): void {
    if (!this.#problem) this.#set(LOOKS[word], this.#RED._(`${this.#node.type}.status.${word}`, values));
  }

  showProblem(code: ErrorCode): void {
    this.#problem = true;
    const known = (SHOWN_PROBLEMS as readonly string[]).includes(code);
    this.#set(PROBLEM, known ? this.#RED._(`${this.#node.type}.status.${code}`) : code);
  }

  clearProblem(): void {
    this.#problem = false;
  }

  /** Shows what is wrong with a config node for as long as it is; `whenWell` shows what there is to show otherwise. Returns the way out. */
  follow(health: Health, whenWell: () => void): () => void {
    return health.follow((problem) => {
      if (problem !== null) return this.showProblem(problem.code);
      this.clearProblem();
      whenWell();
    });
  }

  /** The same for a config node that this node names, with nothing to show otherwise; that it names none is a problem, too. */
  followNamed(healthOf: () => Health): () => void {
    try {
      return this.follow(healthOf(), () => this.clear());
    } catch (error) {
      const problem = asCenterError(error);
      this.showProblem(problem.code);
      this.#node.error(problem);
      return () => {};
    }
  }

  clear(): void {
    this.clearProblem();
    this.#set({}, '');
  }

  #set(look: Look, text: string): void {
    const shown = `${look.fill}|${look.shape}|${text}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#node.status(text === '' ? {} : { ...look, text });
  }
}
