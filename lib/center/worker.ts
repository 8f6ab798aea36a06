import { parentPort, workerData } from 'node:worker_threads';
import type { CenterError } from '../domain/errors.ts';
import type { CenterEvent } from '../domain/events.ts';
import { serve } from '../store/sqlite/serve.ts';
import { appendEvent, type CommandContext, type NewEvent } from './commands/context.ts';
import { commands, queries } from './commands/index.ts';

/** The storage thread: the center's commands beside the database they work on. */
const { file, sessionHours } = workerData as { file: string; sessionHours: number };

void serve(parentPort!, file, {
  async command(db, call) {
    const run = commands[call.name as keyof typeof commands] as CommandRunner | undefined;
    if (run === undefined) throw new Error(`There is no command "${call.name}".`);
    const waiting: NewEvent[] = [];
    let refusal: CenterError | undefined;
    const context: CommandContext = {
      now: call.now,
      sessionHours,
      emit: (event) => void waiting.push(event),
      keepAndRefuse: (error) => (refusal = error),
    };
    let result: unknown;
    try {
      result = await run(db, context, call.args);
    } catch (error) {
      if (refusal === undefined || error !== refusal) throw error;
    }
    const events: CenterEvent[] = [];
    for (const event of waiting) events.push(await appendEvent(db, call.now, event));
    return { result, events, refusal, wipe: call.name === 'erase' };
  },
  async query(db, call) {
    const run = queries[call.name as keyof typeof queries] as QueryRunner | undefined;
    if (run === undefined) throw new Error(`There is no query "${call.name}".`);
    return run(db, { now: call.now, sessionHours }, call.args);
  },
});

type CommandRunner = (db: unknown, context: CommandContext, args: unknown) => Promise<unknown>;
type QueryRunner = (db: unknown, context: Pick<CommandContext, 'now' | 'sessionHours'>, args: unknown) => Promise<unknown>;
