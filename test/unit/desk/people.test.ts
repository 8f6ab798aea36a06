import { expect } from 'chai';
import fc from 'fast-check';
import type { IncomingMessage } from 'node:http';
import { peerNetwork } from '../../../desk/api/http/peer.ts';
import { DEFAULT_COST, hashPassword, verifyPassword } from '../../../desk/api/people/password.ts';
import { isSetupCode, newSetupCode } from '../../../desk/api/people/setup-code.ts';

const CHEAP = { N: 16, r: 1, p: 1 };

/** scrypt pads a short password with zeros, so trailing ones make no difference; no form gives any. */
const password = fc.string({ unit: 'binary' }).filter((text) => !text.endsWith('\0'));

describe('passwords', () => {
  it('are recognised, and no other is', async () => {
    await fc.assert(
      fc.asyncProperty(password, password, async (right, wrong) => {
        const hash = await hashPassword(right, CHEAP);
        expect(await verifyPassword(right, hash)).to.equal(true);
        expect(await verifyPassword(wrong, hash)).to.equal(wrong.normalize('NFKC') === right.normalize('NFKC'));
      }),
      { numRuns: 50 },
    );
  });

  it('are stored as a hash that names its cost and differs each time', async () => {
    const [one, two] = await Promise.all([hashPassword('secret words'), hashPassword('secret words')]);
    expect(one).to.match(new RegExp(`^scrypt\\$${DEFAULT_COST.N}\\$8\\$3\\$[\\w-]{22}\\$[\\w-]{43}$`));
    expect(one).to.not.equal(two);
    expect(await verifyPassword('secret words', two)).to.equal(true);
  });

  it('fail for nobody and for a hash of another kind', async () => {
    expect(await verifyPassword('', null)).to.equal(false);
    expect(await verifyPassword('anything', 'plain$anything')).to.equal(false);
  });

  it('are hashed a few at a time, and all in the end', async () => {
    const hashes = await Promise.all(Array.from({ length: 20 }, (_, i) => hashPassword(`password ${i}`, CHEAP)));
    expect(new Set(hashes).size).to.equal(20);
    const refused = await Promise.allSettled(Array.from({ length: 200 }, () => hashPassword('x', CHEAP)));
    const reasons = refused.flatMap((result) => (result.status === 'rejected' ? [result.reason as { code: string }] : []));
    expect(reasons.length).to.be.within(100, 150);
    expect(new Set(reasons.map((reason) => reason.code))).to.deep.equal(new Set(['STORE_OVERLOADED']));
    expect(await verifyPassword('x', await hashPassword('x', CHEAP))).to.equal(true);
  });
});

describe('the set-up code', () => {
  it('is taken in any case, with or without its hyphens, and nothing else is', () => {
    const code = newSetupCode();
    expect(code).to.match(/^[A-Z2-9]{5}(-[A-Z2-9]{5}){2}$/);
    expect(isSetupCode(` ${code.toLowerCase().replaceAll('-', ' ')}`, code)).to.equal(true);
    expect(isSetupCode(newSetupCode(), code)).to.equal(false);
    expect(isSetupCode('', code)).to.equal(false);
    expect(isSetupCode(code.slice(1), code)).to.equal(false);
  });
});

describe('the network a request comes from', () => {
  const from = (remoteAddress: string) => peerNetwork({ socket: { remoteAddress } } as unknown as IncomingMessage);

  it('is a whole IPv4 address, however it is written', () => {
    expect(from('192.0.2.7')).to.equal('192.0.2.7');
    expect(from('::ffff:192.0.2.7')).to.equal('192.0.2.7');
  });

  it('is the first half of an IPv6 address, because one party has all of the second', () => {
    expect(from('2001:db8:1:2:3:4:5:6')).to.equal('2001:db8:1:2::/64');
    expect(from('2001:db8:1:2::9')).to.equal('2001:db8:1:2::/64');
    expect(from('2001:db8::9')).to.equal('2001:db8:0:0::/64');
    expect(from('::1')).to.equal('0:0:0:0::/64');
    expect(from('fe80::1%eth0')).to.equal('fe80:0:0:0::/64');
  });
});
