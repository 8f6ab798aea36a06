import { cleanValue, isSendable, piecesOf, valueProblem, type TemplateView } from '../../../lib/domain/template.ts';
import { attributeLines, attributeName } from '../words/attributes.ts';
import { fold, searchWords } from '../words/fold.ts';

/** What may stand in for a value: who is written to, who writes, and what the flow knows. */
export interface SuggestionFacts {
  customer: string | null;
  agent: string | null;
  attributes: Record<string, unknown>;
}

const MOST_SUGGESTIONS = 3;
/** Longer ones are no words to choose by looking at them. */
const LONGEST_SUGGESTION = 40;

/** "order_on_its_way" as people read it: "Order on its way". */
export function templateName({ name }: Pick<TemplateView, 'name'>): string {
  return attributeName(name);
}

/** Those that can be sent first, then by name; one order, so that nothing jumps when the list is read again. */
export function sortTemplates(templates: readonly TemplateView[], windowOpen: boolean): TemplateView[] {
  const rank = ({ approval }: TemplateView): number => (isSendable(approval, windowOpen) ? 0 : 1);
  return templates.toSorted(
    (a, b) =>
      rank(a) - rank(b) || a.name.localeCompare(b.name, undefined, { numeric: true }) || (a.contentSid < b.contentSid ? -1 : 1),
  );
}

/** Finds by name, text, language and category, without case and accents; every word has to be there. */
export function findTemplates(templates: readonly TemplateView[], search: string, words: (view: TemplateView) => string[]) {
  const wanted = searchWords(search);
  if (wanted.length === 0) return [...templates];
  return templates.filter((view) => {
    const line = fold([view.name, templateName(view), view.body, view.language, ...words(view)].join('\n'));
    return wanted.every((word) => line.includes(word));
  });
}

/** What is wrong with each value, by key; a template without problems can be sent. */
export function problemsOf(
  view: Pick<TemplateView, 'variables'>,
  values: Record<string, string>,
): Map<string, 'empty' | 'too-long'> {
  const problems = new Map<string, 'empty' | 'too-long'>();
  for (const { key } of view.variables) {
    const problem = valueProblem(values[key] ?? '');
    if (problem !== null) problems.set(key, problem);
  }
  return problems;
}

/** The values as they will be sent. */
export function cleanedValues(view: Pick<TemplateView, 'variables'>, values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(view.variables.map(({ key }) => [key, cleanValue(values[key] ?? '')]));
}

/** A piece of the preview: as it stands in the template, filled in, or still to be filled in. */
export interface PreviewPiece {
  text: string;
  state: 'fixed' | 'filled' | 'missing';
}

/** A line as the customer will read it; where a value is missing, its example or its name stands. */
export function previewPieces(
  text: string,
  view: Pick<TemplateView, 'variables'>,
  values: Record<string, string>,
): PreviewPiece[] {
  const examples = new Map(view.variables.map(({ key, example }) => [key, example]));
  return piecesOf(text).map(({ text: piece, key }) => {
    if (key === null || !examples.has(key)) return { text: piece, state: 'fixed' };
    const value = cleanValue(values[key] ?? '');
    return value === '' ? { text: examples.get(key) || piece, state: 'missing' } : { text: value, state: 'filled' };
  });
}

/** The same as one text, where its pieces do not matter. */
export function previewText(text: string, view: Pick<TemplateView, 'variables'>, values: Record<string, string>): string {
  return previewPieces(text, view, values)
    .map((piece) => piece.text)
    .join('');
}

/**
 * Ready values for a placeholder, the likeliest first.
 * @param used what stands in other fields; nothing is written twice
 */
export function suggestionsFor(key: string, { customer, agent, attributes }: SuggestionFacts, used: readonly string[]): string[] {
  const lines = attributeLines(attributes);
  const same = lines.filter((line) => line.key.toLowerCase() === key.toLowerCase());
  const names = customer === null ? [] : [customer.split(/\s+/u)[0]!, customer];
  // The first placeholder of a template is nearly always the customer's name.
  const named = key === '1' || /name|customer|first/i.test(key);
  const agents = agent !== null && /agent|colleague|sender/i.test(key) ? [agent] : [];
  const all = [...agents, ...same.map(({ text }) => text), ...(named ? names : []), ...lines.map(({ text }) => text)];
  return [...new Set(all.map(cleanValue))]
    .filter((text) => text !== '' && text.length <= LONGEST_SUGGESTION && !used.includes(text))
    .slice(0, MOST_SUGGESTIONS);
}
