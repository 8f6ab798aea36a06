import { expect } from 'chai';
import fc from 'fast-check';
import { isCenterError } from '../../../lib/domain/errors.ts';
import { accountPath, simulatedAccount, twilioAccount } from '../../../lib/node-red/accounts/account-config.ts';
import type { AccountConfig } from '../../../lib/node-red/accounts/account-config.ts';
import { centerSettings, deskSettings } from '../../../lib/node-red/centers/center-service.ts';
import { booleanOf, choiceOf, numberOf, pathOf, textOf, urlOf } from '../../../lib/node-red/config-values.ts';
import { runtimeProblem } from '../../../lib/node-red/runtime-check.ts';

describe('configuration values', () => {
  it('are texts, also when they come from an environment variable, and nothing when that is not set', () => {
    expect([textOf(' a '), textOf(7), textOf(undefined), textOf('${NOT_SET}')]).to.deep.equal(['a', '7', '', '']);
  });

  it('are numbers within bounds, else the default', () => {
    const hours = { fallback: 24, min: 1, max: 24 };
    const read = ['', '3', 3, '0', '99', 'x', undefined].map((value) => numberOf(value, hours));
    expect(read).to.deep.equal([24, 3, 3, 1, 24, 24, 24]);
  });

  it('are truth values and words', () => {
    expect([true, 'true', 'TRUE', '1', 'on'].map(booleanOf)).to.deep.equal([true, true, true, true, true]);
    expect([false, 'false', '', undefined, 1].map(booleanOf)).to.deep.equal([false, false, false, false, false]);
    expect(choiceOf('csv', ['json', 'csv'])).to.equal('csv');
    expect(choiceOf('exe', ['json', 'csv'])).to.equal('json');
  });

  it('are paths that lead nowhere else', () => {
    expect(['', 'wa', '/wa/', '/a/b'].map((path) => pathOf(path, '/whatsapp'))).to.deep.equal([
      '/whatsapp',
      '/wa',
      '/wa',
      '/a/b',
    ]);
    for (const path of ['/', '//', '/a//b', '/a/../b', '/.', '/a b', '/a?b', '/%2e%2e', '/ä']) {
      if (path !== '/' && path !== '//') expect(pathOf(path, '/x'), path).to.equal(null);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        const path = pathOf(text, '/x');
        if (path !== null) expect(new URL(path, 'http://localhost').pathname).to.equal(path);
      }),
    );
  });

  it('are web addresses without a slash at the end', () => {
    expect(urlOf('https://example.com/')).to.equal('https://example.com');
    expect(urlOf('https://example.com:8443/base/')).to.equal('https://example.com:8443/base');
    for (const url of ['', 'example.com', 'ftp://example.com', 'https://example.com/?a=1', 'https://example.com/#x']) {
      expect(urlOf(url), url).to.equal('');
    }
  });
});

describe('an account’s configuration', () => {
  const config: AccountConfig = {
    id: 'a1',
    type: 'whatsapp-account',
    name: 'Shop',
    accountSid: `AC${'1'.repeat(32)}`,
    sender: '+15550100100',
    publicUrl: 'https://example.com/red/',
    path: 'whatsapp/',
  };

  const codeOf = (work: () => unknown): string | undefined => {
    try {
      work();
    } catch (error) {
      return isCenterError(error) ? error.code : String(error);
    }
    return undefined;
  };

  it('becomes an account', () => {
    const account = twilioAccount(config, {
      authToken: 't1',
      secondaryAuthToken: 't2',
      apiKeySid: `SK${'2'.repeat(32)}`,
      apiKeySecret: 's',
    });
    expect(account).to.deep.equal({
      id: 'a1',
      name: 'Shop',
      mode: 'twilio',
      accountSid: `AC${'1'.repeat(32)}`,
      sender: 'whatsapp:+15550100100',
      messagingServiceSid: '',
      publicUrl: 'https://example.com/red',
      path: '/whatsapp',
      edge: '',
      region: '',
      apiBaseUrl: '',
      authTokens: ['t1', 't2'],
      apiKey: { sid: `SK${'2'.repeat(32)}`, secret: 's' },
      rate: 80,
      typing: true,
    });
  });

  it('keeps to the rate that WhatsApp gives its sender, and shows typing unless told otherwise', () => {
    const given = (change: object) => {
      const { rate, typing } = twilioAccount({ ...config, ...change }, { authToken: 't' });
      return { rate, typing };
    };
    expect(given({ rate: '250', typing: false })).to.deep.equal({ rate: 250, typing: false });
    expect(given({ rate: '0', typing: 'false' })).to.deep.equal({ rate: 0.1, typing: false });
    expect(given({ rate: 'fast', typing: true })).to.deep.equal({ rate: 80, typing: true });
  });

  it('says what is missing or malformed', () => {
    const token = { authToken: 't' };
    expect(codeOf(() => twilioAccount({ ...config, publicUrl: '' }, token))).to.equal('PUBLIC_URL_MISSING');
    expect(codeOf(() => twilioAccount(config, {}))).to.equal('TOKEN_MISSING');
    expect(codeOf(() => twilioAccount({ ...config, accountSid: 'AC1' }, token))).to.equal('MALFORMED_SID');
    expect(codeOf(() => twilioAccount(config, { ...token, apiKeySid: 'SK1', apiKeySecret: 's' }))).to.equal('MALFORMED_SID');
    expect(codeOf(() => twilioAccount({ ...config, sender: '' }, token))).to.equal('SENDER_MISSING');
    expect(codeOf(() => accountPath({ ...config, path: '/a b' }))).to.equal('INVALID_PATH');
  });

  it('needs nothing for the simulator, and never talks to Twilio then', () => {
    const identity = { accountSid: `AC${'3'.repeat(32)}`, authToken: 'made up', localUrl: 'http://127.0.0.1:24' };
    const account = simulatedAccount({ id: 'a1', type: 'whatsapp-account', apiBaseUrl: 'https://example.com' }, identity);
    expect(account).to.deep.include({
      mode: 'simulator',
      publicUrl: 'http://127.0.0.1:24',
      apiBaseUrl: 'http://127.0.0.1:24/whatsapp/simulator',
      authTokens: ['made up'],
    });
    expect(account.sender).to.match(/^whatsapp:\+1555/);
  });
});

describe('a contact center’s configuration', () => {
  it('puts the store into the user directory unless it says where', () => {
    const base = { id: 'c1', type: 'contact-center' };
    expect(centerSettings(base, '/home/node')).to.deep.equal({
      file: '/home/node/whatsapp.sqlite',
      sessionHours: 24,
      closingMinutes: 60,
      disconnectedMinutes: 30,
    });
    const given = { ...base, file: 'b/shop.sqlite', sessionHours: '12', closingMinutes: '0', disconnectedMinutes: '0' };
    expect(centerSettings(given, '/home/node')).to.deep.equal({
      file: '/home/node/b/shop.sqlite',
      sessionHours: 12,
      closingMinutes: 0,
      disconnectedMinutes: 0,
    });
    expect(centerSettings({ ...base, file: '/data/shop.sqlite' }, '/home/node').file).to.equal('/data/shop.sqlite');
  });

  it('has a supervisor only with name and password', () => {
    const base = { id: 'c1', type: 'contact-center' };
    expect(deskSettings(base, { supervisorUsername: 'ada' }).supervisor).to.equal(null);
    const supervisor = { username: 'ada', password: ' secret ' };
    const credentials = { supervisorUsername: 'ada', supervisorPassword: ' secret ' };
    expect(deskSettings(base, credentials).supervisor).to.deep.equal(supervisor);
  });
});

describe('the runtime check', () => {
  it('wants Node.js 22.16 or newer and says so in one line', () => {
    for (const version of ['22.16.0', '22.20.1', '23.0.0', '24.21.0']) expect(runtimeProblem(version), version).to.equal(null);
    for (const version of ['18.20.8', '20.20.2', '22.9.0', '22.15.9']) {
      expect(runtimeProblem(version)).to.include({ code: 'RUNTIME_TOO_OLD' });
      expect(runtimeProblem(version)!.message).to.include(version).and.not.include('\n');
    }
  });
});
