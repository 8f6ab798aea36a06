import { expect } from 'chai';
import { RareWarning } from '../../../lib/twilio/incoming/rare-warning.ts';
import { FakeTime } from './waiting/fake-time.ts';

describe('a warning that a flood repeats', () => {
  it('is told at once, then counted once a minute, and told again after a quiet minute', () => {
    const time = new FakeTime();
    const lines: string[] = [];
    const warning = new RareWarning((text) => lines.push(text), time.later);
    for (let n = 0; n < 1000; n += 1) warning.say(`Refused: address ${n}, and what to do about it`, `Address ${n}`);
    expect(lines).to.deep.equal(['Refused: address 0, and what to do about it']);
    expect(time.next()).to.equal(60_000);
    expect(lines.slice(1)).to.deep.equal(['999 more within a minute. Address 999']);
    warning.say('Refused: address 1000', 'Address 1000');
    expect(lines).to.have.length(2);
    time.next();
    expect(lines.slice(2)).to.deep.equal(['1 more within a minute. Address 1000']);
    time.next();
    expect(time.running).to.equal(0);
    expect(lines).to.have.length(3);
    warning.say('Refused: address 1001', 'Address 1001');
    expect(lines.slice(3)).to.deep.equal(['Refused: address 1001']);
  });
});
