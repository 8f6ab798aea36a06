import { expect } from 'chai';
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
    for (const texts of Object.values(ERROR_TEXTS)) {
      for (const [code, [meaning, advice]] of Object.entries(texts)) {
        for (const sentence of [meaning, advice]) {
          expect(sentence, code).to.match(/^[A-Z].*\.$/);
          expect(sentence.length, code).to.be.below(120);
        }
      }
    }
  });

  it('lists each number once', () => {
    const codes = Object.values(ERROR_TEXTS).flatMap((texts) => Object.keys(texts));
    expect(new Set(codes).size).to.equal(codes.length);
  });
});
