import { expect } from 'chai';
import { bareAddress, fullAddress, hasNumber, isAddress, maskAddress } from '../../../lib/domain/address.ts';

describe('addresses', () => {
  it('are numbers or business-scoped ids, with or without the prefix', () => {
    for (const address of ['+15551234567', 'whatsapp:+15551234567', 'US.13491208655302741918', 'whatsapp:CC.ENT.abc123']) {
      expect(isAddress(address), address).to.equal(true);
    }
    for (const address of [
      '',
      '15551234567',
      '+',
      'whatsapp:',
      'us.123',
      'U.1',
      '+1555 123',
      `US.${'1'.repeat(129)}`,
      5,
      null,
      undefined,
    ]) {
      expect(isAddress(address), String(address)).to.equal(false);
    }
  });

  it('are never changed but for the prefix', () => {
    expect(bareAddress('whatsapp:US.1234')).to.equal('US.1234');
    expect(fullAddress('US.1234')).to.equal('whatsapp:US.1234');
    expect(fullAddress('whatsapp:+1555')).to.equal('whatsapp:+1555');
  });

  it('are masked where anybody can see them', () => {
    expect(maskAddress('whatsapp:+15551234567')).to.equal('+15 •••• 4567');
    expect(maskAddress('US.13491208655302741918')).to.equal('US.13491…');
    expect(hasNumber('US.1234')).to.equal(false);
  });
});
