import { createI18n } from 'vue-i18n';
import { isolated } from '../words/bidi.ts';
import en from './en.json' with { type: 'json' };

/** The page's texts. A further language is a further file beside `en.json`. */
export function createTexts() {
  const texts = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en } });
  // Whatever is put into a sentence keeps its direction to itself. Every part of the page has its `t` from here.
  const say = texts.global.t as (...given: unknown[]) => string;
  texts.global.t = ((key: unknown, ...values: unknown[]) => say(key, ...values.map(withIsolation))) as typeof texts.global.t;
  return texts;
}

function withIsolation(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, typeof one === 'string' ? isolated(one) : (one as unknown)]),
  );
}
