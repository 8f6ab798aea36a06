import { expect } from 'chai';
import type { Center } from '../../lib/center/center.ts';
import { isCenterError } from '../../lib/domain/errors.ts';
import type { Account } from '../../lib/twilio/account.ts';
import { explain } from '../../lib/twilio/error-catalogue.ts';
import { createOutbox } from '../../lib/twilio/outbox.ts';
import { createSender } from '../../lib/twilio/sender.ts';
import { json, serveApi, testAccount } from '../unit/twilio/fixture.ts';
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
  };
  expectedRequest: { method: string; path: string; form: Record<string, string> } | null;
  mockResponse: { httpStatus: number; body: unknown } | null;
  expectedOutcome: { sid?: string | null; status?: string; error?: unknown; code?: number | null; retryable?: boolean };
}

const NO_FILES_SENT = 'sending files is part of a later release';
const NO_FILES_FETCHED = 'fetching customers’ files is part of a later release';

/** Not covered by this release; each is listed so that none is forgotten. */
const LATER: Record<string, string> = {
  'out-013': NO_FILES_SENT,
  'out-014': NO_FILES_SENT,
  'out-021': NO_FILES_FETCHED,
  'out-022': NO_FILES_FETCHED,
  'out-025': NO_FILES_FETCHED,
  'out-026': NO_FILES_FETCHED,
  'out-027': NO_FILES_FETCHED,
  'out-028': NO_FILES_FETCHED,
  'out-029': NO_FILES_FETCHED,
  'out-030': NO_FILES_FETCHED,
  'out-032': NO_FILES_FETCHED,
};

/** Sent over SMS in the source; this package only ever sends over WhatsApp (docs/conformance.md). */
const OVER_SMS = new Set(['out-012']);

const cases = conformanceData<OutboundCase[]>('outbound-requests');

describe('conformance: outbound requests', () => {
  it('covers every case of this release and names every later one', () => {
    const later = cases.filter(({ id }) => id in LATER).map(({ id }) => id);
    expect(later).to.deep.equal(Object.keys(LATER));
    for (const { id, given } of cases) expect('url' in given || 'mediaUrl' in given, id).to.equal(id in LATER);
  });

  for (const one of cases.filter(({ id }) => !(id in LATER))) {
    if (one.expectedRequest === null) {
      it(`${one.id} is refused without a call: ${one.description}`, () => expectNoCall(one));
    } else {
      it(`${one.id}: ${one.description}`, () => expectCall(one));
    }
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
  if (expected.retryable !== undefined) {
    expect(outcome.twilioCode !== undefined && explain(outcome.twilioCode).retryable).to.equal(expected.retryable);
  }
}
