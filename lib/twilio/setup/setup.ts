import { CenterError } from '../../domain/errors.ts';
import type { Account } from '../account.ts';
import { createClient } from '../api/client.ts';
import { toReadError } from '../api/read-error.ts';
import { reachProblem, type ReachProblem } from './reach.ts';
import { listSenders, targetsOf, writeSettings } from './targets.ts';
import type { SenderChoice, Target, TargetKind, WebhookSettings } from './targets.ts';

/** Makes Twilio deliver a failed webhook again; by itself it does so only where no connection came about. */
export const OVERRIDES = '#rc=3&rp=5xx,ct,rt';

/** What was tried of an account's credentials and settings. */
export interface Check {
  what: 'api-key' | 'auth-token' | 'secondary-token' | 'sender' | 'service';
  /** Null when it is fine. */
  problem: CheckProblem | null;
  /** Twilio's number, where it gave one. */
  twilioCode: number | null;
  /** Twilio's word for the sender, where that is the problem. */
  status?: string;
}

/**
 * `pair` account and secret do not belong together; `region` there is no such account here; `inactive` the account is suspended or
 * closed; `test-credentials` they can send nothing; `unreachable` Twilio was not reached; `unknown` the account has no such
 * sender or service; `offline` the sender is not online; `refused` anything else, with Twilio's number.
 */
export type CheckProblem =
  'pair' | 'region' | 'inactive' | 'test-credentials' | 'unreachable' | 'unknown' | 'offline' | 'refused';

/** Settings as they were before ours were written. */
export interface Before {
  kind: TargetKind;
  sid: string;
  settings: WebhookSettings;
}

/** What an admin does with an account at Twilio before it works. */
export interface Setup {
  /** Tries every pair of credentials, then whether sender and service are the account's. */
  test(): Promise<Check[]>;
  /** @throws CenterError `TWILIO_REFUSED`, `TWILIO_UNREACHABLE`, `ACCOUNT_MISSING` */
  senders(): Promise<SenderChoice[]>;
  /** What is set at sender and service now. Throws as {@link senders}. */
  targets(): Promise<Target[]>;
  /**
   * Writes our webhook addresses to sender and service, with overrides that make Twilio try again.
   * @returns what stood there before, of those that were changed
   * @throws CenterError `PUBLIC_URL_UNREACHABLE`, `UNKNOWN_SENDER`, and as {@link senders}
   */
  connect(): Promise<Before[]>;
  /** Writes back what stood there. Throws as {@link senders}. */
  undo(before: Before[]): Promise<void>;
  /** Drops idle connections. */
  close(): void;
}

/** The addresses that Twilio is to call for an account. */
export function webhookAddresses(account: Pick<Account, 'publicUrl' | 'path'>): { inbound: string; status: string } {
  const base = account.publicUrl + account.path;
  return { inbound: `${base}/inbound${OVERRIDES}`, status: `${base}/status${OVERRIDES}` };
}

/** True when both addresses are ours, with or without overrides. */
export function isOurs(settings: WebhookSettings, account: Pick<Account, 'publicUrl' | 'path'>): boolean {
  const { inbound, status } = webhookAddresses(account);
  const same = (set: string | null, ours: string): boolean => set?.split('#')[0] === ours.split('#')[0];
  return same(settings.callbackUrl, inbound) && same(settings.statusCallbackUrl, status) && settings.useNumber !== true;
}

export function createSetup(account: Account, options: { timeoutMs?: number } = {}): Setup {
  const client = createClient(account, options.timeoutMs);

  async function ask<Answer>(what: string, question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      throw toReadError(error, what);
    }
  }

  const senders = (): Promise<SenderChoice[]> => ask('its list of senders', async () => listSenders(await client.api()));
  const targets = (): Promise<Target[]> => ask('the settings of the sender', async () => targetsOf(await client.api(), account));

  return {
    senders,
    targets,

    async test() {
      const checks: Check[] = [];
      for (const { what, as } of credentialsOf(account)) checks.push(await checkPair(what, as, options.timeoutMs));
      if (checks.some(({ problem }) => problem !== null)) return checks;
      return [...checks, ...(await checkTargets(account, client))];
    },

    async connect() {
      const reach = account.mode === 'simulator' ? null : reachProblem(account.publicUrl);
      if (reach !== null) throw unreachable(account.publicUrl, reach);
      const found = await targets();
      if (account.sender !== '' && !found.some(({ kind }) => kind === 'sender')) throw unknownSender(account.sender);
      const { inbound, status } = webhookAddresses(account);
      const before: Before[] = [];
      for (const { kind, sid, settings } of found) {
        if (settings.callbackUrl === inbound && settings.statusCallbackUrl === status && settings.useNumber !== true) continue;
        const ours: WebhookSettings = {
          ...settings,
          callbackUrl: inbound,
          callbackMethod: 'POST',
          statusCallbackUrl: status,
          statusCallbackMethod: 'POST',
          ...(kind === 'service' ? { useNumber: false } : {}),
        };
        await ask('leave to write the webhooks', async () => writeSettings(await client.api(), kind, sid, ours));
        before.push({ kind, sid, settings });
      }
      return before;
    },

    async undo(before) {
      for (const { kind, sid, settings } of before) {
        await ask('leave to write the webhooks', async () => writeSettings(await client.api(), kind, sid, settings));
      }
    },

    close: () => client.close(),
  };
}

/** Each pair that has to work: what sends, and the tokens that webhooks are signed with. */
function credentialsOf(account: Account): { what: Check['what']; as: Account }[] {
  const tokens = account.authTokens.filter((token) => token !== '');
  return [
    ...(account.apiKey === null ? [] : [{ what: 'api-key' as const, as: { ...account, authTokens: [] } }]),
    ...tokens.map((token, index) => ({
      what: index === 0 ? ('auth-token' as const) : ('secondary-token' as const),
      as: { ...account, apiKey: null, authTokens: [token] },
    })),
  ];
}

/** Reads one message of the account: what every kind of credentials may do, and what names the account in its address. */
async function checkPair(what: Check['what'], account: Account, timeoutMs?: number): Promise<Check> {
  const client = createClient(account, timeoutMs);
  try {
    await (await client.api()).messages.list({ limit: 1, pageSize: 1 });
    return { what, problem: null, twilioCode: null };
  } catch (error) {
    return { what, ...problemOf(error) };
  } finally {
    client.close();
  }
}

async function checkTargets(account: Account, client: ReturnType<typeof createClient>): Promise<Check[]> {
  const checks: Check[] = [];
  if (account.sender !== '') {
    try {
      const sender = (await listSenders(await client.api())).find(({ address }) => address === account.sender);
      const online = sender?.status.startsWith('ONLINE') === true;
      checks.push({
        what: 'sender',
        problem: sender === undefined ? 'unknown' : online ? null : 'offline',
        twilioCode: null,
        ...(sender === undefined ? {} : { status: sender.status }),
      });
    } catch (error) {
      checks.push({ what: 'sender', ...problemOf(error) });
    }
  }
  if (account.messagingServiceSid !== '') {
    try {
      await (await client.api()).messaging.v1.services(account.messagingServiceSid).fetch();
      checks.push({ what: 'service', problem: null, twilioCode: null });
    } catch (error) {
      const { problem, twilioCode } = problemOf(error);
      checks.push({ what: 'service', problem: problem === 'region' ? 'unknown' : problem, twilioCode });
    }
  }
  return checks;
}

const PROBLEMS: ReadonlyMap<number, CheckProblem> = new Map([
  [20003, 'pair'],
  [20404, 'region'],
  [20005, 'inactive'],
  [20008, 'test-credentials'],
]);

function problemOf(error: unknown): { problem: CheckProblem; twilioCode: number | null } {
  const { code, twilioCode = null } = toReadError(error, 'an answer');
  if (code === 'TWILIO_UNREACHABLE') return { problem: 'unreachable', twilioCode };
  if (code !== 'TWILIO_REFUSED') throw error;
  return { problem: (twilioCode === null ? undefined : PROBLEMS.get(twilioCode)) ?? 'refused', twilioCode };
}

const WHY: Record<ReachProblem, string> = {
  malformed: 'it is no web address',
  'not-https': 'it does not begin with https',
  'local-name': 'its name is known in your own network only',
  'private-address': 'it lies in a private network or on this machine',
  underscore: 'Twilio takes no host name with an underscore',
};

function unreachable(publicUrl: string, reason: ReachProblem): CenterError {
  return new CenterError('PUBLIC_URL_UNREACHABLE', `Twilio cannot reach the public URL ${publicUrl}: ${WHY[reason]}.`, {
    details: { reason },
  });
}

function unknownSender(sender: string): CenterError {
  return new CenterError(
    'UNKNOWN_SENDER',
    `The account has no WhatsApp sender ${sender}. The sandbox’s webhooks are set in Twilio’s console only.`,
  );
}
