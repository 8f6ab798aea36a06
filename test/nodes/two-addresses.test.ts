import { expect } from 'chai';
import { until } from '../../scripts/node-red-process.ts';
import { json, serveApi, sidOf } from '../unit/twilio/fixture.ts';
import { config, CUSTOMER, onTab, TestRuntime } from './support/test-runtime.ts';

const USER_ID = 'whatsapp:US.13491208655302741918';
const OTHER = 'whatsapp:+15557654321';

describe('whatsapp-out and a customer with a number and a user id', () => {
  let api: Awaited<ReturnType<typeof serveApi>>;
  let runtime: TestRuntime;
  /** The answer to the message "One", which takes its time. */
  let answerOne: (() => void) | null = null;

  beforeEach(async () => {
    api = await serveApi((response, { form }, count) => {
      const answer = (): void => json(response, 201, { sid: sidOf(count), status: 'queued' });
      if (form['Body'] === 'One') answerOne = answer;
      else answer();
    });
    runtime = await TestRuntime.start([
      ...config({ apiBaseUrl: api.url }),
      ...onTab(
        { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
        { id: 'got', type: 'probe', wires: [] },
        { id: 'out', type: 'whatsapp-out', name: '', account: '', wires: [['sent'], []] },
        { id: 'sent', type: 'probe', wires: [] },
      ),
    ]);
  });

  afterEach(async () => {
    await runtime.stop();
    await api.close();
  });

  it('keeps the order of what a flow answers to both', async () => {
    await runtime.receive('From my number', { from: CUSTOMER, userId: USER_ID });
    await runtime.receive('Without it', { from: USER_ID, userId: USER_ID });
    await runtime.receive('Somebody else', { from: OTHER });
    const [number, userId, other] = await runtime.inbox('got').take(3);
    for (const payload of ['One', 'Two']) runtime.send('out', { ...number, payload });
    runtime.send('out', { ...userId, payload: 'Three' });
    runtime.send('out', { ...other, payload: 'To somebody else' });
    await runtime.inbox('sent').next(({ payload }) => payload === 'To somebody else');
    await until('the first is at Twilio', () => answerOne !== null);
    expect(api.calls.map(({ form }) => form['Body'])).to.have.members(['One', 'To somebody else']);
    answerOne!();
    await runtime.inbox('sent').next(({ payload }) => payload === 'Three');
    const toThem = api.calls.filter(({ form }) => form['To'] !== OTHER);
    expect(toThem.map(({ form }) => [form['Body'], form['To']])).to.deep.equal([
      ['One', CUSTOMER],
      ['Two', CUSTOMER],
      ['Three', USER_ID],
    ]);
  });
});
