import type { Twilio } from 'twilio';
import { CenterError } from '../../domain/errors.ts';
import { callsAtOnce, DEFAULT_RATE } from '../../domain/send-rate.ts';
import type { Account } from '../account.ts';
import { ApiTransport } from './transport.ts';

/** How long a call may take, in milliseconds. Below the 30 s after which the desk says that nothing was sent. */
const TIMEOUT_MS = 20_000;

/** One account's way to Twilio's API. */
export interface ApiClient {
  /** The SDK's client; the SDK is loaded with the first call, because that costs 0.1 s and 17 MB. */
  api(): Promise<Twilio>;
  /** Drops idle connections. */
  close(): void;
}

/**
 * One account's client of the `twilio` package. Every option is given, so that nothing comes from the process's environment,
 * and nothing is repeated behind our back: an automatic retry of a create may send a message twice.
 *
 * @throws CenterError from `api()`: `ACCOUNT_MISSING` when credentials are missing or cannot be used together
 */
export function createClient(account: Account, timeoutMs = TIMEOUT_MS): ApiClient {
  const transport = new ApiTransport(account.apiBaseUrl, timeoutMs, callsAtOnce(account.rate ?? DEFAULT_RATE));
  let client: Promise<Twilio> | undefined;
  return {
    api: () => {
      client ??= connect(account, transport, timeoutMs).catch((error: unknown) => {
        client = undefined;
        throw error;
      });
      return client;
    },
    close: () => transport.close(),
  };
}

async function connect(account: Account, transport: ApiTransport, timeoutMs: number): Promise<Twilio> {
  const { accountSid, edge, region } = account;
  const username = account.apiKey?.sid ?? accountSid;
  const password = account.apiKey?.secret ?? account.authTokens.find((token) => token !== '');
  if (!accountSid.startsWith('AC')) throw missing('The account’s SID must begin with AC.');
  if (username === '' || password === undefined || password === '') {
    throw missing('The account has neither an auth token nor an API key, so nothing can be sent.');
  }
  // With a region alone the SDK still builds a host that Twilio has switched off.
  if ((edge === '') !== (region === '')) throw missing('The account needs both an edge and a region, or neither.');

  const { default: twilio } = await import('twilio');
  return twilio(username, password, {
    accountSid,
    edge,
    region,
    logLevel: '',
    env: {},
    timeout: timeoutMs,
    autoRetry: false,
    maxRetries: 0,
    lazyLoading: true,
    userAgentExtensions: ['node-red-whatsapp'],
    // The SDK asks for its own class, but only ever calls `request`.
    httpClient: transport as unknown as InstanceType<typeof twilio.RequestClient>,
  });
}

function missing(message: string): CenterError {
  return new CenterError('ACCOUNT_MISSING', message);
}
