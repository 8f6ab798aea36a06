import type { CenterEvent } from '../domain/events.ts';
import type { CommandName, Commands, Queries, QueryName, ReceiveArgs } from './contract.ts';

/** One contact center: the store behind it, its clock, and who listens to its events. */
export interface Center {
  readonly file: string;
  /** Unique to this process; what was handed over by another one is not in anybody's hands any more. */
  readonly instance: string;
  readonly sessionHours: number;
  /** Milliseconds since 1970 by the center's clock, which the simulator can move. */
  now(): number;
  /**
   * How far that is ahead of the machine's clock, milliseconds, though nobody moved it: the machine's was set back, or stood in
   * the future when something was written down.
   */
  clockAheadMs(): number;
  /**
   * A customer's message has come. It is on disk when this resolves, and in its conversation then or, while more come at once than
   * can be entered, soon after.
   * @throws CenterError `STORE_UNAVAILABLE`, `STORE_OVERLOADED`
   */
  arrive(args: ReceiveArgs): Promise<void>;
  run<Name extends CommandName>(name: Name, args: Commands[Name]['args']): Promise<Commands[Name]['result']>;
  query<Name extends QueryName>(name: Name, args: Queries[Name]['args']): Promise<Queries[Name]['result']>;
  /**
   * Called after each commit with the events of that commit, in order, and with whether it left something for a flow to take.
   * Returns the way out.
   */
  subscribe(listener: (events: CenterEvent[], toTake: boolean) => void): () => void;
  /** Milliseconds until which a customer's window is known to be open, or 0; "open" is safe to cache, "closed" is not. */
  knownOpenUntil(address: string, sender: string): number;
  /** True when the store takes nothing any more, however long one waits: it was closed, or its thread has ended. */
  isOver(): boolean;
  close(): Promise<void>;
}
