import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Approval, TemplateView } from '../../../lib/domain/template.ts';
import { attributeName } from '../words/attributes.ts';
import { listed } from '../words/bidi.ts';

/** The words of a template's facts, in the agent's language. */
export function useTemplateWords() {
  const { t, te, locale } = useI18n();
  const languages = computed(() => new Intl.DisplayNames(locale.value, { type: 'language', fallback: 'code' }));

  /** "pt_BR" as people call it: "Brazilian Portuguese"; a code nobody knows stays one. */
  function language(code: string): string {
    if (code === '') return '';
    try {
      return languages.value.of(code.replace('_', '-')) ?? code;
    } catch {
      return code;
    }
  }

  /** WhatsApp's word; a new one is shown as it is. */
  function category(word: string): string {
    if (word === '') return '';
    return te(`template.category.${word}`) ? t(`template.category.${word}`) : attributeName(word);
  }

  return {
    language,
    category,
    approval: (state: Approval): string => t(`template.approval.${state}`),
    /** "Utility · English", for the second line of a row. */
    facts: (view: TemplateView): string => listed([category(view.category), language(view.language)]),
  };
}
