import { useI18n } from 'vue-i18n';
import { listed } from './bidi.ts';
import { useWords } from './use-words.ts';

const KB = 1024;
const MB = KB * KB;

/** A size as people say it: whole kilobytes below a megabyte, above it one digit behind the point. */
export function sizeParts(bytes: number): { unit: 'bytes' | 'kb' | 'mb'; value: number } {
  if (bytes < KB) return { unit: 'bytes', value: bytes };
  // 1023.6 KB would be written as "1024 KB".
  if (bytes < MB && Math.round(bytes / KB) < KB) return { unit: 'kb', value: Math.round(bytes / KB) };
  return { unit: 'mb', value: Math.round((bytes / MB) * 10) / 10 };
}

/** What kind of file it is, in a word: its name's ending; "" when that says nothing. */
export function typeWord(name: string): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? '';
  return ending === 'bin' ? '' : ending.toUpperCase();
}

/** The words for files. */
export function useFileWords() {
  const { t } = useI18n();
  const words = useWords();

  const size = (bytes: number): string => {
    const { unit, value } = sizeParts(bytes);
    return t(`file.size.${unit}`, { size: words.number(value) }, value);
  };

  return {
    size,
    /** "PDF · 1.2 MB" */
    facts(file: { name: string; size: number | null }): string {
      return listed([typeWord(file.name), file.size === null ? null : size(file.size)]);
    },
  };
}
