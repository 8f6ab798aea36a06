/** One of the flow's key/values as a line of text. */
export interface AttributeLine {
  key: string;
  text: string;
}

/** "orderNumber" and "order_number" as people write them: "Order number". */
export function attributeName(key: string): string {
  const spaced = key
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/[_-]+/gu, ' ')
    .trim();
  if (spaced === '') return key;
  const lower = spaced.replace(/\p{Lu}\p{Ll}+/gu, (word) => word.toLowerCase());
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

/** A flow may put anything into the attributes; everything is shown, nothing is run. */
export function attributeLines(attributes: Record<string, unknown>): AttributeLine[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([key, value]) => ({ key, text: attributeText(value) }));
}

function attributeText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number'))
    return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
