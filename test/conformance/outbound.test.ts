import { expect } from 'chai';
import type { Center } from '../../lib/center/center.ts';
import { OPT_OUT_CODES } from '../../lib/domain/error-kinds.ts';
import { isCenterError } from '../../lib/domain/errors.ts';
import type { Account } from '../../lib/twilio/account.ts';
import { explain } from '../../lib/twilio/error-catalogue.ts';
import { download, NOT_THERE_YET_MS } from '../../lib/twilio/media/download.ts';
import { nextHop } from '../../lib/twilio/media/media-source.ts';
import { createOutbox } from '../../lib/twilio/outbox.ts';
import { createSender } from '../../lib/twilio/sender.ts';
import { json, serveApi, testAccount, TOKEN } from '../unit/twilio/fixture.ts';
import { conformanceData } from './data.ts';

interface OutboundCase {
  id: string;
  description: string;
  given: {
    accountSid?: string;
    authToken?: string;
    from?: string;
    to?: string;
    messagingServiceSid?: string;
    statusCallback?: string;
    body?: string;
    contentSid?: string;
    contentVariables?: Record<string, string>;
    mediaUrl?: string[];
    /** Of a customer's file to fetch. */
    url?: string;
    apiKeySid?: string;
    apiKeySecret?: string;
    responses?: (number | { status: number; location: string })[];
  };
  expectedRequest: { method: string; path: string; form: Record<string, string | string[]> } | null;
  mockResponse: { httpStatus: number; body: unknown } | null;
  expectedOutcome: {
    sid?: string | null;
    status?: string;
    error?: unknown;
    code?: number | null;
    retryable?: boolean;
    optedOut?: boolean;
    requests?: number;
    authenticated?: 'all' | 'none' | 'first only' | 'all with the API key';
    delaysSeconds?: number[];
  };
}

/** Sent over SMS in the source; this package only ever sends over WhatsApp (docs/conformance.md). */
const OVER_SMS = new Set(['out-012', 'out-013', 'out-014']);

const cases = conformanceData<OutboundCase[]>('outbound-requests');

describe('conformance: outbound requests', () => {
  for (const one of cases.filter(({ given }) => given.url === undefined)) {
    if (one.expectedRequest === null) {
      it(`${one.id} is refused without a call: ${one.description}`, () => expectNoCall(one));
    } else {
      it(`${one.id}: ${one.description}`, () => expectCall(one));
    }
  }

  for (const one of cases.filter(({ given }) => given.url !== undefined)) {
    it(`${one.id}: ${one.description}`, () => expectDownload(one));
  }
});

/** The SDK insists on account SIDs that begin with AC; the sources' placeholders do not. */
function accountOf({ given }: OutboundCase, apiBaseUrl: string): Account {
  const accountSid = given.accountSid?.startsWith('AC') ? given.accountSid : `AC${given.accountSid ?? ''}`;
  return testAccount({
    accountSid,
    apiBaseUrl,
    authTokens: [given.authToken ?? 'token'],
    messagingServiceSid: given.messagingServiceSid ?? '',
  });
}

function templateOf({ given }: OutboundCase): { contentSid: string; variables: Record<string, string> } | null {
  if (given.contentSid === undefined && given.contentVariables === undefined) return null;
  return { contentSid: given.contentSid ?? '', variables: given.contentVariables ?? {} };
}

async function expectNoCall(one: OutboundCase): Promise<void> {
  const api = await serveApi((response) => json(response, 201, { sid: 'SM1' }));
  try {
    const account = accountOf(one, api.url);
    const center = { run: () => Promise.reject(new Error('nothing may be claimed')) } as unknown as Center;
    const outcome = await createOutbox({ center, account, sender: createSender(account) }).submit({
      messageId: null,
      answer: null,
      accountId: account.id,
      from: one.given.from ?? '',
      to: one.given.to ?? '',
      text: one.given.body ?? '',
      template: templateOf(one),
      author: { kind: 'flow' },
      conversationId: null,
    });
    expect(outcome.kind).to.equal('refused');
    expect(api.calls).to.have.length(0);
  } finally {
    await api.close();
  }
}

async function expectCall(one: OutboundCase): Promise<void> {
  const { given, expectedRequest, mockResponse, expectedOutcome } = one;
  const api = await serveApi((response) => json(response, mockResponse!.httpStatus, mockResponse!.body));
  try {
    const account = accountOf(one, api.url);
    const request = {
      from: given.from ?? '',
      to: given.to ?? '',
      text: given.body ?? '',
      template: templateOf(one),
      mediaUrls: given.mediaUrl ?? [],
      messageId: 'm1',
      statusCallback: given.statusCallback ?? '',
    };
    const outcome = await createSender(account)
      .send(request)
      .catch((error: unknown) => error);

    expect(api.calls).to.have.length(1);
    const [call] = api.calls;
    expect(call!.method).to.equal(expectedRequest!.method);
    expect(call!.path).to.equal(`/2010-04-01/Accounts/${account.accountSid}/Messages.json`);
    expect(call!.headers.authorization).to.equal(
      `Basic ${Buffer.from(`${account.accountSid}:${given.authToken}`).toString('base64')}`,
    );
    const form = { ...expectedRequest!.form };
    if (OVER_SMS.has(one.id)) for (const name of ['From', 'To']) form[name] = `whatsapp:${form[name]}`;
    expect(call!.form).to.deep.equal(form);
    expectOutcome(outcome, expectedOutcome);
  } finally {
    await api.close();
  }
}

function expectOutcome(outcome: unknown, expected: OutboundCase['expectedOutcome']): void {
  if (typeof expected.sid === 'string') {
    expect(outcome).to.deep.equal({ sid: expected.sid, status: expected.status ?? 'queued' });
    return;
  }
  if (!isCenterError(outcome)) throw new Error('It should have failed.');
  // A success without a SID: the message may be out, so it is neither sent nor refused and never repeated.
  expect(outcome.code).to.equal(expected.sid === null ? 'SEND_UNKNOWN' : 'TWILIO_REFUSED');
  expect(outcome.twilioCode ?? null).to.equal(expected.code ?? null);
  expect(outcome.twilioCode !== undefined && OPT_OUT_CODES.has(outcome.twilioCode)).to.equal(expected.optedOut === true);
  if (expected.retryable !== undefined) {
    expect(outcome.twilioCode !== undefined && explain(outcome.twilioCode).retryable).to.equal(expected.retryable);
  }
}

/** Sources that fetch a file from anywhere, without credentials; we fetch it from Twilio or not at all (docs/conformance.md). */
const NOT_FETCHED = new Set(['out-025']);

async function expectDownload({ id, given, expectedOutcome }: OutboundCase): Promise<void> {
  const responses = [...(given.responses ?? [])];
  const api = await serveApi((response) => {
    const next = responses.shift();
    if (typeof next === 'number') response.writeHead(next, { 'content-type': 'image/png' }).end();
    // The stand-in redirects to itself; that Twilio's own target would be taken is asserted below.
    else response.writeHead(next!.status, { location: `${api.url}/cdn` }).end();
  });
  try {
    const { apiKeySid, apiKeySecret } = given;
    const apiKey = apiKeySid === undefined ? null : { sid: apiKeySid, secret: apiKeySecret! };
    const account = testAccount({ accountSid: 'ACxxx', apiBaseUrl: api.url, apiKey });
    const messageSid = 'MM11111111111111111111111111111111';
    const outcome = await download(account, messageSid, given.url!, { notThereYetMs: NOT_THERE_YET_MS.map(() => 0) }).catch(
      (error: unknown) => error,
    );
    const failed = isCenterError(outcome);
    expect(failed).to.equal(expectedOutcome.error === true || expectedOutcome.authenticated === 'none');
    const requests = NOT_FETCHED.has(id) ? 0 : (expectedOutcome.requests ?? 0);
    expect(api.calls).to.have.length(requests);
    const signedIn = api.calls.map(({ headers }) => headers.authorization ?? null);
    const user = apiKey === null ? `ACxxx:${TOKEN}` : `${apiKey.sid}:${apiKey.secret}`;
    const basic = `Basic ${Buffer.from(user).toString('base64')}`;
    const expected = api.calls.map((_, index) => (expectedOutcome.authenticated === 'first only' && index > 0 ? null : basic));
    expect(signedIn).to.deep.equal(expected);
    for (const [index, seconds] of (expectedOutcome.delaysSeconds ?? []).entries()) {
      expect(NOT_THERE_YET_MS[index]).to.equal(seconds * 1000);
    }
    for (const response of given.responses ?? []) {
      if (typeof response === 'number') continue;
      const hop = nextHop(testAccount(), new URL(given.url!), response.location);
      expect([hop?.url.href, hop?.authorization]).to.deep.equal([response.location, null]);
    }
  } finally {
    await api.close();
  }
}
