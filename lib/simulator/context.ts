import type { Account } from '../twilio/account.ts';
import type { Faults } from './faults.ts';
import type { MediaFiles } from './media/media-files.ts';
import type { LogEntry } from './phone-contract.ts';
import type { SimulatorState } from './state.ts';
import type { WebhookCaller } from './webhooks/webhook-caller.ts';
import type { WebhookSettings } from './webhook-settings.ts';

/** How long things take in the simulated world, in real milliseconds. */
export interface Pace {
  /** Between two statuses of a message, and before the first retry of a webhook. */
  stepMs: number;
  /** What the fault "webhook delayed" adds. */
  webhookDelayMs: number;
  /** How long the fault "no answer" keeps a sender waiting. */
  apiTimeoutMs: number;
  /** After a restart, before what was under way goes on: the flows must have started. */
  resumeMs: number;
}

export const REAL_PACE: Pace = { stepMs: 250, webhookDelayMs: 5000, apiTimeoutMs: 30_000, resumeMs: 3000 };

/** What the parts of one simulator share. */
export interface SimulatorContext {
  account: Account;
  /** `whatsapp:+1…`: the account's sender, or a fictional one where a Messaging Service chooses. */
  sender: string;
  /** Where the account's webhooks are, without a slash at the end. */
  webhookBase: () => string;
  /** What is written at the sender about its webhooks. */
  webhooks: WebhookSettings;
  /** Where this simulator's own API is reached, for media addresses. */
  apiBase: () => string;
  now: () => number;
  pace: Pace;
  state: SimulatorState;
  files: MediaFiles;
  faults: Faults;
  caller: WebhookCaller;
  /** Aborted when the simulator closes. */
  signal: AbortSignal;
  /** A line of "What Twilio did" on the phone page. */
  log: (level: LogEntry['level'], text: string) => void;
  /** A failure nobody planned for; silent when it only says that the simulator closes. */
  unexpected: (error: unknown) => void;
}
