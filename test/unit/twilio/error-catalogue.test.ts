import { expect } from 'chai';
import { CODES_OF_KIND } from '../../../lib/domain/error-kinds.ts';
import { LIMIT_TEXT } from '../../../lib/domain/session-window.ts';
import { explain, isKnownCode, plainWords } from '../../../lib/twilio/error-catalogue.ts';
import { ERROR_TEXTS } from '../../../lib/twilio/error-texts.ts';

describe('the error catalogue', () => {
  it('says the end of the session window in exactly its own words', () => {
    expect(explain(63016)).to.include({ meaning: LIMIT_TEXT, kind: 'template', retryable: false });
    expect(plainWords(63016)).to.equal(LIMIT_TEXT);
  });

  it('gives any number it does not know an answer that is never retried', () => {
    const unknown = explain(69999);
    expect(unknown).to.include({ retryable: false, kind: 'unknown' });
    expect(plainWords(69999)).to.contain('69999');
    expect(isKnownCode(69999)).to.equal(false);
  });

  it('does not repeat a daily limit, although it is a 429 too', () => {
    expect(explain(20429)).to.include({ retryable: true, kind: 'busy' });
    expect(explain(63038)).to.include({ retryable: false, kind: 'account' });
  });

  it('says what happened and what to do, briefly, in whole sentences', () => {
    for (const [code, [meaning, advice]] of Object.entries(ERROR_TEXTS)) {
      for (const sentence of [meaning, advice]) {
        expect(sentence, code).to.match(/^[A-Z].*\.$/);
        expect(sentence.length, code).to.be.below(120);
      }
    }
  });

  it('has words for each number whose meaning is known, and the other way round', () => {
    const known = Object.values(CODES_OF_KIND).flat();
    expect(new Set(known).size).to.equal(known.length);
    expect(known.map(String).sort()).to.deep.equal(Object.keys(ERROR_TEXTS).sort());
  });
});
