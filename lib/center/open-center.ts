import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isStoreTrouble } from '../domain/errors.ts';
import type { CenterEvent, EventType } from '../domain/events.ts';
import type { ConversationSnapshot, WhatsAppMessage } from '../domain/message.ts';
import { sessionWindow } from '../domain/session-window.ts';
import { MediaFolder } from '../store/media-folder.ts';
import { SqliteClient } from '../store/sqlite/client.ts';
import type { WrittenEvent } from './commands/context.ts';
import { Arrivals, type Readers } from './arrivals.ts';
import type { Center } from './center.ts';
import { MovedClock, SteadyClock, type Clock } from './clock.ts';
import type { CommandName, Commands, Queries, QueryName } from './contract.ts';
import { FileCleaner } from './file-cleaner.ts';
import { OpenWindows } from './open-windows.ts';

/** After these there may be files to delete; whoever erases is answered when they are gone. */
const LETS_FILES_GO: ReadonlySet<CommandName> = new Set<CommandName>([
  'erase',
  'dropFile',
  'abandonFile',
  'resumeMedia',
  'sweep',
]);

/** After these a flow may have something to take; behind an expired message the next one waits. */
const BRINGS_WORK: ReadonlySet<EventType> = new Set(['message.received', 'message.written', 'message.expired']);

export interface CenterOptions {
  /** The SQLite file; made, with its folder, when it is not there. */
  file: string;
  /** Length of the session window, 1 to 24. */
  sessionHours?: number;
  /** The clock underneath; the center's own offset comes on top. */
  clock?: Clock;
  /** The flows that read the accounts' messages; they come and go. */
  readers?: Readers;
  /** Told of a message that cannot be entered into its conversation because of a defect; it is kept, and tried at the next start. */
  onUnentered?: (error: unknown, messageId: string | null) => void;
}

/**
 * Opens a contact center: the store in its thread, at this release's schema.
 * @throws CenterError `STORE_UNAVAILABLE` or `RUNTIME_TOO_OLD`
 */
export async function openCenter(options: CenterOptions): Promise<Center> {
  const { file, sessionHours = 24, clock: base = new SteadyClock(), readers = new Map(), onUnentered = () => {} } = options;
  await mkdir(dirname(file), { recursive: true });
  const clock = new MovedClock(base);
  const windows = new OpenWindows();
  const listeners = new Set<(events: CenterEvent[], toTake: boolean) => void>();

  // The source runs as it is in tests and as JavaScript in the package.
  const script = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
  const client = await SqliteClient.open(script, { file, sessionHours }, (events: WrittenEvent[]) => {
    let toTake = false;
    for (const event of events) {
      toTake ||= BRINGS_WORK.has(event.type) && event.handed !== true;
      delete event.handed;
      if (event.data['windowClosed'] === true || event.type === 'transcript.erased') windows.clear();
      if (event.type === 'clock.moved') clock.offset = Number(event.data['offsetMs']);
    }
    for (const listener of [...listeners]) listener(events, toTake);
  });

  const query = <Name extends QueryName>(name: Name, args: Queries[Name]['args']) =>
    client.call('query', name, args, clock.now()) as Promise<Queries[Name]['result']>;
  const { offsetMs, latestAt } = await query('clock', {});
  clock.offset = offsetMs;
  clock.notBefore(latestAt);

  /** What a flow is handed is asked about next by its `session-guard`. */
  const noteWindow = (message: WhatsAppMessage, { session }: ConversationSnapshot): void => {
    if (session.open && session.expiresAt !== null) windows.set(message.from, message.to, Date.parse(session.expiresAt));
  };

  /** What was kept a moment ago is found as well; while nothing can be written, what is in the index already. */
  const indexAllTexts = async (): Promise<void> => {
    try {
      while ((await center.run('indexTexts', {})).more);
    } catch (error) {
      if (!isStoreTrouble(error)) throw error;
    }
  };

  const center: Center = {
    file,
    instance: randomUUID(),
    sessionHours,
    now: () => clock.now(),
    clockAheadMs: () => clock.aheadMs(),
    query: async (name, args) => {
      if (name === 'search') await indexAllTexts();
      const result = await query(name, args);
      if (name === 'sessionOf') {
        const { address, sender } = args as Queries['sessionOf']['args'];
        const facts = result as Queries['sessionOf']['result'];
        const window = sessionWindow(facts, clock.now(), sessionHours);
        const from = sender ?? facts.sender;
        if (window.open && window.expiresAt !== null && from !== null) windows.set(address, from, window.expiresAt);
      }
      return result;
    },
    arrive: (args) => arrivals.take(args),
    async run<Name extends CommandName>(name: Name, args: Commands[Name]['args']) {
      // What was written before is erased as well.
      if (name === 'erase') await arrivals.enterAll();
      const result = (await client.call('command', name, args, clock.now())) as Commands[Name]['result'];
      if (name === 'takeInbound') {
        for (const { message, conversation } of result as Commands['takeInbound']['result']) noteWindow(message, conversation);
      }
      if (name === 'receive') {
        const { handed } = result as Commands['receive']['result'];
        if (handed !== null) noteWindow((args as Commands['receive']['args']).message, handed.conversation);
      }
      if (LETS_FILES_GO.has(name) && (result as { changed?: boolean } | null)?.changed !== false) await cleaner.clean();
      return result;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    knownOpenUntil: (address, sender) => windows.get(address, sender),
    isOver: () => client.isOver,
    async close() {
      await arrivals.close();
      await client.close();
    },
  };
  const arrivals = new Arrivals(center, readers, onUnentered);
  const cleaner = new FileCleaner(center, new MediaFolder(file));
  await arrivals.resume();
  return center;
}
