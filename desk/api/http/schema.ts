import { CenterError } from '../../../lib/domain/errors.ts';

/**
 * The desk's own notation for the shape of a body, a query or an answer. One description serves three purposes: it
 * checks what comes in, gives it its TypeScript type, and is printed into the OpenAPI document.
 */
export interface Schema<Value> {
  readonly optional: boolean;
  readonly description: string | undefined;
  /**
   * The value, checked.
   * @param at where in the request it stands, for the error's text
   * @throws CenterError `INVALID_REQUEST`
   */
  check(value: unknown, at: string): Value;
  toJsonSchema(): JsonSchema;
}

export type JsonSchema = { [keyword: string]: unknown };
export type ValueOf<S> = S extends Schema<infer Value> ? Value : never;

type Fields = Record<string, Schema<unknown>>;
type OptionalNames<F extends Fields> = { [Name in keyof F]: undefined extends ValueOf<F[Name]> ? Name : never }[keyof F];
/** The type of an object with these fields; a field that may be absent is an optional property. */
export type ObjectOf<F extends Fields> = { [Name in Exclude<keyof F, OptionalNames<F>>]: ValueOf<F[Name]> } & {
  [Name in OptionalNames<F>]?: ValueOf<F[Name]>;
};

/** How errors name the whole body. */
export const BODY = 'The body';

/** How errors name a field: people read them in a form, where the body means nothing. */
function fieldOf(at: string, name: string): string {
  return at === BODY ? `The ${name}` : `${at}.${name}`;
}

function invalid(at: string, expected: string): CenterError {
  return new CenterError('INVALID_REQUEST', `${at} must be ${expected}.`, { details: { field: at } });
}

function schema<Value>(check: (value: unknown, at: string) => Value, json: () => JsonSchema): Schema<Value> {
  return { optional: false, description: undefined, check, toJsonSchema: json };
}

/** A text. Lengths are in UTF-16 code units, as JavaScript and JSON Schema validators for it count. */
export function text(limits: { min?: number; max?: number; pattern?: RegExp; hint?: string } = {}): Schema<string> {
  const { min = 0, max, pattern, hint } = limits;
  return schema(
    (value, at) => {
      if (typeof value !== 'string') throw invalid(at, 'a text');
      if (value.length < min) throw invalid(at, min === 1 ? 'a text that is not empty' : `a text of at least ${min} characters`);
      if (max !== undefined && value.length > max) throw invalid(at, `a text of at most ${max} characters`);
      if (pattern !== undefined && !pattern.test(value)) throw invalid(at, hint ?? 'a text of the documented form');
      return value;
    },
    () => ({
      type: 'string',
      ...(min > 0 ? { minLength: min } : {}),
      ...(max === undefined ? {} : { maxLength: max }),
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
    }),
  );
}

export function flag(): Schema<boolean> {
  return schema(
    (value, at) => {
      if (typeof value !== 'boolean') throw invalid(at, 'true or false');
      return value;
    },
    () => ({ type: 'boolean' }),
  );
}

export function integer(limits: { min?: number; max?: number } = {}): Schema<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = limits;
  return schema(
    (value, at) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
        throw invalid(at, limits.max === undefined ? 'a whole number' : `a whole number from ${min} to ${max}`);
      }
      return value;
    },
    () => ({
      type: 'integer',
      ...(limits.min === undefined ? {} : { minimum: min }),
      ...(limits.max === undefined ? {} : { maximum: max }),
    }),
  );
}

/** A whole number as a query carries it. */
export function integerText(limits: { min: number; max?: number }): Schema<number> {
  const number = integer(limits);
  return schema(
    (value, at) => {
      if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) throw invalid(at, 'a whole number');
      return number.check(Number(value), at);
    },
    () => number.toJsonSchema(),
  );
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Schema<Word> {
  return schema(
    (value, at) => {
      if (!words.includes(value as Word)) throw invalid(at, `one of ${words.join(', ')}`);
      return value as Word;
    },
    () => ({ type: 'string', enum: [...words] }),
  );
}

export function list<Value>(item: Schema<Value>, limits: { min?: number; max?: number } = {}): Schema<Value[]> {
  const { min = 0, max = Infinity } = limits;
  return schema(
    (value, at) => {
      if (!Array.isArray(value)) throw invalid(at, 'a list');
      if (value.length < min) throw invalid(at, `a list of at least ${min}`);
      if (value.length > max) throw invalid(at, `a list of at most ${max}`);
      return value.map((entry, index) => item.check(entry, `${at}[${index}]`));
    },
    () => ({
      type: 'array',
      items: item.toJsonSchema(),
      ...(min === 0 ? {} : { minItems: min }),
      ...(max === Infinity ? {} : { maxItems: max }),
    }),
  );
}

/** A value of one of several forms. @param expected what it must be, for the error's text */
export function either<Forms extends readonly Schema<unknown>[]>(
  expected: string,
  ...forms: Forms
): Schema<ValueOf<Forms[number]>> {
  return schema(
    (value, at) => {
      for (const form of forms) {
        try {
          return form.check(value, at) as ValueOf<Forms[number]>;
        } catch {
          // Not this form; the next one may fit.
        }
      }
      throw invalid(at, expected);
    },
    () => ({ anyOf: forms.map((form) => form.toJsonSchema()) }),
  );
}

/** Any JSON object; its content is the flow's own. */
export function anyObject(): Schema<Record<string, unknown>> {
  return schema(
    (value, at) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(at, 'an object');
      return value as Record<string, unknown>;
    },
    () => ({ type: 'object', additionalProperties: true }),
  );
}

/** Texts by name, such as the values of a template; the names are the caller's. */
export function textMap(limits: { name: number; value: number; entries: number }): Schema<Record<string, string>> {
  const value = text({ max: limits.value });
  return schema(
    (given, at) => {
      const entries = Object.entries(anyObject().check(given, at));
      if (entries.length > limits.entries) throw invalid(at, `an object of at most ${limits.entries} texts`);
      for (const [name] of entries) if (name.length > limits.name) throw invalid(at, `an object whose names are short`);
      return Object.fromEntries(entries.map(([name, one]) => [name, value.check(one, fieldOf(at, name))]));
    },
    () => ({ type: 'object', additionalProperties: value.toJsonSchema(), maxProperties: limits.entries }),
  );
}

/** An object with these fields and no other. */
export function object<F extends Fields>(fields: F): Schema<ObjectOf<F>> {
  return schema(
    (value, at) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(at, 'an object');
      const given = value as Record<string, unknown>;
      for (const name of Object.keys(given)) {
        if (!Object.hasOwn(fields, name))
          throw new CenterError('INVALID_REQUEST', `${at} has a field nobody knows: ${name.slice(0, 40)}.`);
      }
      const result: Record<string, unknown> = {};
      for (const [name, field] of Object.entries(fields)) {
        const place = fieldOf(at, name);
        if (Object.hasOwn(given, name) && given[name] !== undefined) result[name] = field.check(given[name], place);
        else if (!field.optional) throw new CenterError('INVALID_REQUEST', `${place} is missing.`, { details: { field: place } });
      }
      return result as ObjectOf<F>;
    },
    () => {
      const required = Object.keys(fields).filter((name) => !fields[name]!.optional);
      return {
        type: 'object',
        properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.toJsonSchema()])),
        ...(required.length === 0 ? {} : { required }),
        additionalProperties: false,
      };
    },
  );
}

/** The field may be absent. */
export function optional<Value>(inner: Schema<Value>): Schema<Value | undefined> {
  return { ...inner, optional: true };
}

/** The value may be null. */
export function nullable<Value>(inner: Schema<Value>): Schema<Value | null> {
  return {
    ...inner,
    check: (value, at) => (value === null ? null : inner.check(value, at)),
    toJsonSchema: () => ({ anyOf: [inner.toJsonSchema(), { type: 'null' }] }),
  };
}

/** The same with a sentence for the reader of the OpenAPI document. */
export function described<Value>(inner: Schema<Value>, description: string): Schema<Value> {
  return { ...inner, description, toJsonSchema: () => ({ ...inner.toJsonSchema(), description }) };
}

const parts = new Map<string, Schema<unknown>>();

/** A part with a name of its own in the OpenAPI document. */
export function named<Value>(name: string, inner: Schema<Value>): Schema<Value> {
  if (parts.has(name)) throw new Error(`Two schemas are called ${name}.`);
  parts.set(name, inner as Schema<unknown>);
  return { ...inner, toJsonSchema: () => ({ $ref: `${REFERENCE}${name}` }) };
}

const REFERENCE = '#/components/schemas/';

/** The named parts that a document refers to, and those that they refer to in turn. */
export function partsOf(document: unknown): Record<string, JsonSchema> {
  const found: Record<string, JsonSchema> = {};
  const look = (json: unknown): void => {
    for (const [, name = ''] of JSON.stringify(json).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      const part = parts.get(name);
      if (part === undefined || Object.hasOwn(found, name)) continue;
      found[name] = part.toJsonSchema();
      look(found[name]);
    }
  };
  look(document);
  return found;
}
