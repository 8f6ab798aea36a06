import { expect } from 'chai';
import fc from 'fast-check';
import { optWishOf } from '../../../lib/domain/opt-out.ts';

const wish = (text: string, OptOutType?: string) =>
  optWishOf({ type: 'text', text, ...(OptOutType === undefined ? {} : { params: { OptOutType } }) });

describe('a customer’s wish to be left alone', () => {
  it('is the word alone, in capitals or not', () => {
    for (const text of ['STOP', 'stop', ' Stop\n', 'STOPALL', 'unsubscribe']) expect(wish(text), text).to.equal('stop');
    for (const text of ['START', 'Start', 'unstop']) expect(wish(text), text).to.equal('start');
    expect(wish('help')).to.equal('help');
  });

  it('is nothing that people write to agents and mean something else', () => {
    for (const text of ['Please stop', 'STOP!', 'stop it', 'YES', 'CANCEL', 'end', 'quit', '', 'ST OP']) {
      expect(wish(text), text).to.equal(null);
    }
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (more) => {
        fc.pre(more.trim() !== '' && !/^all$/i.test(more.trim()));
        expect(wish(`STOP${more}`)).to.equal(null);
      }),
    );
    // The label of a button is no wish: "Stop" may be what a bot asked.
    expect(optWishOf({ type: 'button', text: 'STOP' })).to.equal(null);
  });

  it('is what Twilio’s Advanced Opt-Out says, whatever the text', () => {
    expect(wish('arrêt', 'STOP')).to.equal('stop');
    expect(wish('STOP', 'HELP')).to.equal('help');
    expect(wish('volver', 'Start')).to.equal('start');
    expect(wish('STOP', 'SOMETHING-NEW')).to.equal(null);
  });
});
