import type { IncomingMessage } from 'node:http';
import { sameText } from '../../http/same-text.ts';
import type { Account } from '../../twilio/account.ts';
import { TwilioRefusal } from './twilio-error.ts';

/**
 * Basic sign-in with the account and one of its tokens, or with the API key; the path keeps the account's SID in both.
 * @throws TwilioRefusal 401/20003
 */
export function authorize(request: IncomingMessage, account: Account): void {
  const match = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '');
  const [user = '', ...rest] = Buffer.from(match?.[1] ?? '', 'base64')
    .toString('utf8')
    .split(':');
  const secret = rest.join(':');
  const pairs = account.authTokens.filter((token) => token !== '').map((token) => ({ user: account.accountSid, secret: token }));
  if (account.apiKey) pairs.push({ user: account.apiKey.sid, secret: account.apiKey.secret });
  const known = pairs.some((pair) => sameText(pair.user, user) && sameText(pair.secret, secret));
  if (!known) throw new TwilioRefusal(401, 20003, 'Authenticate');
}
