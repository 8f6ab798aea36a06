import { expect } from 'chai';
import { CenterError } from '../../../lib/domain/errors.ts';
import { onInput, Refusal } from '../../../lib/node-red/on-input.ts';
import type { InputHandler } from '../../../lib/node-red/on-input.ts';
import type { Done, FlowMessage, RuntimeNode, Send } from '../../../lib/node-red/runtime-api.ts';
import { turn } from '../../support/turns.ts';

type Listener = (message: FlowMessage, send: Send, done: Done) => void;

/** Lets a handler deal with one message; resolves with what was sent and how it was completed. */
async function handle(handler: InputHandler, wires: string[][] = [['a'], ['b']]) {
  let listener: Listener | undefined;
  const node = { id: 'n1', type: 'whatsapp-out', name: 'Answer', wires, on: (_event: string, on: Listener) => (listener = on) };
  onInput(node as unknown as RuntimeNode, handler);
  const sent: unknown[] = [];
  const done: unknown[] = [];
  listener!(
    { payload: 'x' },
    (message) => void sent.push(message),
    (error) => void done.push(error),
  );
  await turn();
  return { sent, done };
}

const refusal = new CenterError('TWILIO_REFUSED', 'Twilio refused it.', { twilioCode: 63003 });

describe('onInput', () => {
  it('completes once when the handler returns at once', async () => {
    expect(await handle((message, send) => send(message))).to.deep.equal({ sent: [{ payload: 'x' }], done: [undefined] });
  });

  it('completes once when the handler returns later', async () => {
    const { sent, done } = await handle(async (message, send) => {
      await Promise.resolve();
      send(message);
    });
    expect([sent.length, done]).to.deep.equal([1, [undefined]]);
  });

  for (const [how, fail] of [
    [
      'thrown',
      (error: unknown): never => {
        throw error;
      },
    ],
    ['rejected', (error: unknown) => Promise.reject<void>(error)],
  ] as const) {
    it(`makes an Error of whatever is ${how}`, async () => {
      const error = new Error('broken');
      expect((await handle(() => fail(error))).done).to.deep.equal([error]);
      const { done } = await handle(() => fail('just a text'));
      expect(done).to.have.length(1);
      expect(done[0]).to.be.instanceOf(Error).and.have.property('message', 'just a text');
    });

    it(`sends a refusal that was ${how} to output 2 and completes without an error`, async () => {
      const { sent, done } = await handle(() => fail(new Refusal(refusal)));
      const error = {
        message: 'Twilio refused it.',
        code: 'TWILIO_REFUSED',
        twilioCode: 63003,
        source: { id: 'n1', type: 'whatsapp-out', name: 'Answer' },
      };
      expect(sent).to.deep.equal([[null, { payload: 'x', error }]]);
      expect(done).to.deep.equal([undefined]);
    });

    it(`makes a refusal that was ${how} an error where output 2 leads nowhere`, async () => {
      const { sent, done } = await handle(() => fail(new Refusal(refusal)), [['a'], []]);
      expect(sent).to.be.empty;
      expect(done).to.deep.equal([refusal]);
      expect(String(done[0])).to.equal('Twilio refused it.');
    });
  }
});
