import type { Fallback } from '../../center/sending-contract.ts';
import { cleanValue } from '../../domain/template.ts';
import { choiceOf, textOf } from '../config-values.ts';
import { record, writtenText } from '../feeding/message.ts';
import type { FlowMessage, RuntimeApi, RuntimeNode } from '../runtime-api.ts';

export interface FallbackConfig {
  outsideSession?: unknown;
  /** A template's Content SID. */
  template?: unknown;
  /** Where the values come from: a list of `{ key, value, type }`, the type being that of a typed input ("str", "msg", …). */
  templateVariables?: unknown;
}

interface Value {
  key: string;
  value: string;
  type: string;
}

/** Makes of a message what is sent instead of its text when the window is closed; null where that is refused. */
export type MakeFallback = (message: FlowMessage) => Promise<Fallback | null>;

/** Reads a node's `outsideSession`, `template` and `templateVariables`. */
export function fallbackMaker(RED: RuntimeApi, node: RuntimeNode, config: FallbackConfig): MakeFallback {
  const contentSid = textOf(config.template);
  if (choiceOf(config.outsideSession, ['refuse', 'template']) === 'refuse' || contentSid === '')
    return () => Promise.resolve(null);
  const values = valuesOf(config.templateVariables);
  return async (message) => {
    const entries = await Promise.all(
      values.map(async (value) => [value.key, await evaluate(RED, node, value, message)] as const),
    );
    return { template: { contentSid, variables: Object.fromEntries(entries) }, text: '' };
  };
}

function valuesOf(value: unknown): Value[] {
  if (!Array.isArray(value)) return [];
  return value
    .map((row) => record(row) ?? {})
    .map(({ key, value: given, type }) => ({ key: textOf(key), value: writtenText(given), type: textOf(type) || 'str' }))
    .filter(({ key }) => key !== '');
}

/** What is not there is empty, and then the template says which value it misses. */
function evaluate(RED: RuntimeApi, node: RuntimeNode, { value, type }: Value, message: FlowMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    RED.util.evaluateNodeProperty(value, type, node, message, (error, result) => {
      // A path into a message may lead nowhere, which is no defect.
      if (error && type !== 'msg') reject(error instanceof Error ? error : new Error(String(error)));
      else resolve(cleanValue(writtenText(result)));
    });
  });
}
