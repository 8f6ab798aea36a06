import type { Center } from '../../center/center.ts';
import type { SearchArgs } from '../../center/contract.ts';
import { exportTranscript } from '../../center/export/formats.ts';
import type { ExportFormat } from '../../center/export/formats.ts';
import { CenterError } from '../../domain/errors.ts';
import { conversationOf, record, whatsappOf } from '../feeding/message.ts';
import type { FlowMessage } from '../runtime-api.ts';

/** What a `transcript-store` does with a message; the first is the default. */
export const OPERATIONS = ['store', 'get', 'search', 'export', 'erase'] as const;
export type Operation = (typeof OPERATIONS)[number];

type Work = (center: Center, message: FlowMessage, format: ExportFormat) => Promise<void>;

/** Each operation extends the message with its answer. */
export const WORK: Record<Operation, Work> = { store, get, search, export: exportMessages, erase };

/**
 * Keeps the message's own text: a flow that changed `msg.whatsapp.text` before has changed what is kept. An event names its
 * message without the text, which is then kept as it was written.
 */
async function store(center: Center, message: FlowMessage): Promise<void> {
  const whatsapp = whatsappOf(message);
  if (typeof whatsapp?.id === 'string' && whatsapp.id !== '') {
    await center.run('keepMessage', { messageId: whatsapp.id, text: typeof whatsapp.text === 'string' ? whatsapp.text : '' });
    return;
  }
  const messageId = record(message.event)?.messageId;
  if (typeof messageId !== 'string') {
    throw new CenterError(
      'NOTHING_TO_STORE',
      'There is nothing to keep: this message carries neither a msg.whatsapp with an id nor an event of a message.',
    );
  }
  await center.run('keepMessage', { messageId });
}

async function get(center: Center, message: FlowMessage): Promise<void> {
  message.payload = await center.query('transcript', subjectOf(message));
}

async function exportMessages(center: Center, message: FlowMessage, format: ExportFormat): Promise<void> {
  const subject = subjectOf(message);
  const messages = await center.query('transcript', subject);
  const { content, filename } = exportTranscript(messages, format, subject.conversationId ?? '', center.now());
  message.payload = content;
  message.filename = filename;
}

async function search(center: Center, message: FlowMessage): Promise<void> {
  message.payload = await center.query('search', searchArgsOf(message.payload));
}

/** Acts on `msg.erase` alone, so that a wrong wire erases nobody. */
async function erase(center: Center, message: FlowMessage): Promise<void> {
  const { customer, conversation } = record(message.erase) ?? {};
  const wanted = { ...textAs('customer', customer), ...textAs('conversation', conversation) };
  if (Object.keys(wanted).length !== 1) {
    throw new CenterError('NOTHING_TO_ERASE', 'Say what to erase: msg.erase = { customer: "+1555…" } or { conversation: "…" }.');
  }
  message.payload = await center.run('erase', wanted);
}

/** `msg.conversation.id`, else `msg.topic`: all of a customer's. */
function subjectOf(message: FlowMessage): { conversationId?: string; address?: string } {
  const { id } = conversationOf(message);
  if (id !== null) return { conversationId: id };
  if (typeof message.topic === 'string' && message.topic.trim() !== '') return { address: message.topic.trim() };
  throw new CenterError('INVALID_REQUEST', 'Say whose transcript: msg.conversation.id, or a customer’s address in msg.topic.');
}

const TEXTS = ['text', 'customer', 'agent', 'queue', 'from', 'to', 'cursor'] as const;

function searchArgsOf(payload: unknown): SearchArgs {
  if (typeof payload === 'string') return { text: payload };
  const given = record(payload);
  if (given === null) {
    throw new CenterError('INVALID_REQUEST', 'Search with a text, or { text, customer, agent, queue, from, to, limit, cursor }.');
  }
  const limit = Number(given.limit);
  return Object.assign(
    {},
    ...TEXTS.map((name) => textAs(name, given[name])),
    Number.isFinite(limit) && limit > 0 ? { limit } : {},
  ) as SearchArgs;
}

function textAs(name: string, value: unknown): Record<string, string> {
  return typeof value === 'string' && value !== '' ? { [name]: value } : {};
}
