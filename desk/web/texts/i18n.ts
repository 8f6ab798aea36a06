import { createI18n } from 'vue-i18n';
import en from './en.json';

/** The page's texts. A further language is a further file beside `en.json`. */
export function createTexts() {
  return createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en } });
}
