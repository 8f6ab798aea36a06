import { fullAddress, isAddress } from '../../domain/address.ts';
import { CenterError } from '../../domain/errors.ts';
import { DEFAULT_RATE, LEAST_RATE } from '../../domain/send-rate.ts';
import type { Account } from '../../twilio/account.ts';
import { booleanOf, choiceOf, numberOf, pathOf, textOf, urlOf } from '../config-values.ts';
import type { NodeConfig } from '../runtime-api.ts';

/** What WhatsApp gives at most, on request, messages a second. */
const HIGHEST_RATE = 1000;

/** The sender of a simulated account that names none; a number nobody can have. */
const SIMULATED_SENDER = 'whatsapp:+15550100100';

export interface AccountConfig extends NodeConfig {
  mode?: unknown;
  center?: unknown;
  accountSid?: unknown;
  sender?: unknown;
  messagingServiceSid?: unknown;
  publicUrl?: unknown;
  path?: unknown;
  edge?: unknown;
  region?: unknown;
  apiBaseUrl?: unknown;
  /** Messages a second. */
  rate?: unknown;
  /** Whether customers are shown that an agent writes. */
  typing?: unknown;
}

export interface AccountCredentials {
  authToken?: string | undefined;
  secondaryAuthToken?: string | undefined;
  apiKeySid?: string | undefined;
  apiKeySecret?: string | undefined;
}

/** What a simulated account takes the place of a real one's secrets and addresses with. */
export interface SimulatedIdentity {
  accountSid: string;
  authToken: string;
  /** Where our own handler listens on this machine, without a slash at the end. */
  localUrl: string;
}

/**
 * The path of an account's webhooks.
 * @throws CenterError `INVALID_PATH`
 */
export function accountPath(config: AccountConfig): string {
  const path = pathOf(config.path, '/whatsapp');
  if (path === null) throw new CenterError('INVALID_PATH', `"${textOf(config.path)}" cannot be the path of webhooks.`);
  return path;
}

export function accountMode(config: AccountConfig): Account['mode'] {
  return choiceOf(config.mode, ['twilio', 'simulator']);
}

/**
 * A real account.
 * @throws CenterError `PUBLIC_URL_MISSING`, `TOKEN_MISSING`, `MALFORMED_SID`, `SENDER_MISSING`, `INVALID_RECIPIENT` or `INVALID_PATH`
 */
export function twilioAccount(config: AccountConfig, credentials: AccountCredentials): Account {
  const account = common(config);
  const { authTokens, apiKey } = pairsOf(credentials);
  const apiKeySid = textOf(credentials.apiKeySid);
  if (account.publicUrl === '') {
    throw new CenterError('PUBLIC_URL_MISSING', 'The public URL is missing: without it no webhook’s signature can be checked.');
  }
  if (authTokens.length === 0) {
    throw new CenterError('TOKEN_MISSING', 'The auth token is missing: webhooks are refused until it is there.');
  }
  requireSid(textOf(config.accountSid), 'AC', 'Account SID');
  if (account.messagingServiceSid !== '') requireSid(account.messagingServiceSid, 'MG', 'Messaging Service SID');
  if (apiKeySid !== '') requireSid(apiKeySid, 'SK', 'API key SID');
  if (account.sender === '' && account.messagingServiceSid === '') {
    throw new CenterError('SENDER_MISSING', 'The account needs a WhatsApp sender or a Messaging Service.');
  }
  return {
    ...account,
    mode: 'twilio',
    accountSid: textOf(config.accountSid),
    authTokens,
    apiKey,
  };
}

/**
 * What can be asked of Twilio's API before the account is complete.
 * @throws CenterError `MALFORMED_SID`, `TOKEN_MISSING`, `INVALID_RECIPIENT` or `INVALID_PATH`
 */
export function apiAccount(config: AccountConfig, credentials: AccountCredentials): Account {
  const account = common(config);
  requireSid(textOf(config.accountSid), 'AC', 'Account SID');
  const { authTokens, apiKey } = pairsOf(credentials);
  if (authTokens.length === 0 && apiKey === null) {
    throw new CenterError('TOKEN_MISSING', 'Neither an auth token nor an API key is there. Enter one, or deploy first.');
  }
  return { ...account, mode: 'twilio', accountSid: textOf(config.accountSid), authTokens, apiKey };
}

function pairsOf(credentials: AccountCredentials): Pick<Account, 'authTokens' | 'apiKey'> {
  const sid = textOf(credentials.apiKeySid);
  const secret = textOf(credentials.apiKeySecret);
  return {
    authTokens: [textOf(credentials.authToken), textOf(credentials.secondaryAuthToken)].filter((token) => token !== ''),
    apiKey: sid !== '' && secret !== '' ? { sid, secret } : null,
  };
}

/**
 * An account of the simulator: nothing has to be filled in.
 * @throws CenterError `INVALID_RECIPIENT` or `INVALID_PATH`
 */
export function simulatedAccount(config: AccountConfig, identity: SimulatedIdentity): Account {
  const account = common(config);
  return {
    ...account,
    mode: 'simulator',
    accountSid: identity.accountSid,
    sender: account.sender || SIMULATED_SENDER,
    messagingServiceSid: '',
    publicUrl: account.publicUrl || identity.localUrl,
    edge: '',
    region: '',
    apiBaseUrl: `${identity.localUrl}${account.path}/simulator`,
    authTokens: [identity.authToken],
    apiKey: null,
  };
}

function common(config: AccountConfig): Omit<Account, 'mode' | 'accountSid' | 'authTokens' | 'apiKey'> {
  const sender = textOf(config.sender);
  if (sender !== '' && !isAddress(sender)) {
    throw new CenterError('INVALID_RECIPIENT', `"${sender}" is no WhatsApp sender; it looks like whatsapp:+15551234567.`);
  }
  return {
    id: config.id,
    name: textOf(config.name),
    sender: sender === '' ? '' : fullAddress(sender),
    messagingServiceSid: textOf(config.messagingServiceSid),
    publicUrl: urlOf(config.publicUrl),
    path: accountPath(config),
    edge: textOf(config.edge),
    region: textOf(config.region),
    apiBaseUrl: urlOf(config.apiBaseUrl),
    rate: numberOf(config.rate, { fallback: DEFAULT_RATE, min: LEAST_RATE, max: HIGHEST_RATE }),
    typing: config.typing === undefined || booleanOf(config.typing),
  };
}

function requireSid(sid: string, prefix: string, what: string): void {
  if (new RegExp(`^${prefix}[0-9a-fA-F]{32}$`).test(sid)) return;
  throw new CenterError('MALFORMED_SID', `The ${what} is malformed: it is ${prefix} and 32 hexadecimal digits.`, {
    details: { prefix },
  });
}
