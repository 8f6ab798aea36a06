import { expect } from 'chai';
import { firstHop, nextHop } from '../../../../lib/twilio/media/media-source.ts';
import { isPublicAddress } from '../../../../lib/twilio/media/public-address.ts';
import { testAccount, TOKEN } from '../fixture.ts';

const ACCOUNT = 'AC00000000000000000000000000000001';
const MESSAGE = `MM${'1'.repeat(32)}`;
const PATH = `/2010-04-01/Accounts/${ACCOUNT}/Messages/${MESSAGE}/Media/ME${'2'.repeat(32)}`;
const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

describe('where a customer’s file is fetched from', () => {
  const hop = (url: string, change = {}) => firstHop(testAccount(change), MESSAGE, url);

  it('is this message’s file at Twilio, with the account’s credentials', () => {
    const first = hop(`https://api.twilio.com${PATH}`)!;
    expect(first.url.href).to.equal(`https://api.twilio.com${PATH}`);
    expect([first.authorization, first.trusted]).to.deep.equal([basic(ACCOUNT, TOKEN), false]);
    const apiKey = { sid: `SK${'3'.repeat(32)}`, secret: 'api-key-secret' };
    expect(hop(`https://api.twilio.com${PATH}`, { apiKey })!.authorization).to.equal(basic(apiKey.sid, apiKey.secret));
    const ireland = { edge: 'dublin', region: 'ie1' };
    expect(hop(`https://api.dublin.ie1.twilio.com${PATH}`, ireland)).not.to.equal(null);
    expect(hop(`https://api.dublin.ie1.twilio.com${PATH}`)).to.equal(null);
  });

  it('is nothing else: no credentials and no request for any other address', () => {
    const others = [
      `http://api.twilio.com${PATH}`,
      `https://api.twilio.com:444${PATH}`,
      `https://api.twilio.com.attacker.example${PATH}`,
      `https://xapi.twilio.com${PATH}`,
      `https://api-twilio.com${PATH}`,
      `https://api.twilio.com@attacker.example${PATH}`,
      `https://user:secret@api.twilio.com${PATH}`,
      `https://api.twilio.com\\@attacker.example${PATH}`,
      `https://api.twilio.com${PATH}?next=x`,
      `https://api.twilio.com${PATH}#x`,
      `https://api.twilio.com${PATH}/more`,
      `https://api.twilio.com${PATH.replace(ACCOUNT, 'AC00000000000000000000000000000002')}`,
      `https://api.twilio.com${PATH.replace(MESSAGE, `MM${'9'.repeat(32)}`)}`,
      `https://api.twilio.com${PATH.replace('/Media/ME', '/Media/../../../ME')}`,
      `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Keys.json`,
      'https://example.com/media.jpg',
      'https://mms.twiliocdn.com/file',
      'file:///etc/passwd',
      'data:image/png;base64,AA==',
      'https://169.254.169.254/latest',
      'no address',
      '',
    ];
    for (const other of others) expect(hop(other), other).to.equal(null);
  });

  it('is the stand-in that the account names, in Twilio’s place', () => {
    const apiBaseUrl = 'http://127.0.0.1:1880/whatsapp/simulator';
    const expected = `${apiBaseUrl}${PATH}`;
    for (const url of [expected, `https://api.twilio.com${PATH}`]) {
      const first = hop(url, { apiBaseUrl })!;
      expect([first.url.href, first.trusted]).to.deep.equal([expected, true]);
    }
    for (const url of [
      `http://127.0.0.1:1880${PATH}`,
      `http://127.0.0.1:1881/whatsapp/simulator${PATH}`,
      `http://localhost:1880/whatsapp/simulator${PATH}`,
    ])
      expect(hop(url, { apiBaseUrl }), url).to.equal(null);
  });
});

describe('where Twilio’s redirect may lead', () => {
  const from = new URL(`https://api.twilio.com${PATH}`);
  const next = (location: string, change = {}) => nextHop(testAccount(change), from, location);

  it('is Twilio’s storage, without credentials', () => {
    for (const location of [
      'https://mms.twiliocdn.com/AC1/file?sig=abc',
      'https://media.twiliocdn.com/AC1/file',
      'https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/file?X-Amz-Signature=a',
      'https://s3.amazonaws.com/com.twilio.prod.twilio-api/file',
      'https://bucket.s3.eu-west-1.amazonaws.com/file',
    ]) {
      const hop = next(location);
      expect(hop?.url.href, location).to.equal(location);
      expect([hop!.authorization, hop!.trusted], location).to.deep.equal([null, false]);
    }
  });

  it('is nowhere else', () => {
    for (const location of [
      'http://mms.twiliocdn.com/file',
      'https://mms.twiliocdn.com:8443/file',
      'https://user@mms.twiliocdn.com/file',
      'https://mms.twiliocdn.com.attacker.example/file',
      'https://eviltwiliocdn.com/file',
      'https://attacker.example/mms.twiliocdn.com',
      'https://ec2-1-2-3-4.compute-1.amazonaws.com/file',
      'https://s3.amazonaws.com.attacker.example/file',
      'https://127.0.0.1/file',
      'http://169.254.169.254/latest/meta-data',
      'https://169.254.169.254/latest/meta-data',
      'https://[::ffff:10.0.0.1]/file',
      'https://[::1]/file',
      'https://2130706433/file',
      'https://api.twilio.com/2010-04-01/Accounts',
      'file:///etc/passwd',
      'gopher://mms.twiliocdn.com/',
      '/relative',
      '//attacker.example/x',
      '',
    ])
      expect(next(location), location).to.equal(null);
  });

  it('is the stand-in’s own origin where the account names one, and no other on this machine', () => {
    const apiBaseUrl = 'http://127.0.0.1:1880/whatsapp/simulator';
    const here = (location: string) => next(location, { apiBaseUrl });
    expect(here('http://127.0.0.1:1880/whatsapp/simulator/cdn/x')).to.include({ authorization: null, trusted: true });
    expect(here('http://127.0.0.1:1881/x')).to.equal(null);
    expect(here('http://localhost:1880/x')).to.equal(null);
  });
});

describe('an address on the public internet', () => {
  it('is none that leads to this machine, its network, or a cloud’s own services', () => {
    for (const address of [
      '127.0.0.1',
      '127.8.8.8',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '192.0.0.192',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '::ffff:10.0.0.1',
      '::ffff:127.0.0.1',
      '::ffff:a00:1',
      '64:ff9b::a00:1',
      '2002:a00:1::',
      '2001:0:a00:1::',
      'fc00::1',
      'fd00:ec2::254',
      'fe80::1',
      'ff02::1',
      '2001:db8::1',
      'localhost',
      '',
    ])
      expect(isPublicAddress(address), address).to.equal(false);
  });

  it('is any other', () => {
    for (const address of [
      '1.1.1.1',
      '54.172.60.1',
      '172.15.0.1',
      '172.32.0.1',
      '100.128.0.1',
      '2606:4700:4700::1111',
      '2600:1f18::1',
    ])
      expect(isPublicAddress(address), address).to.equal(true);
  });
});
