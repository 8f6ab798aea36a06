import type { MessageView } from '../../../../lib/center/views.ts';

/** True for an answer that waits for the customer's next message. */
export function isHeld(view: MessageView): boolean {
  return view.message.status === 'held';
}

/**
 * The held messages that one text became, in order: a long one leaves in parts, whose ids go on from the first one's with ".2",
 * ".3" and so on.
 */
export function heldTogether(messages: readonly MessageView[], id: string): MessageView[] {
  const base = id.replace(/\.\d+$/, '');
  const part = (of: string): number => (of === base ? 1 : Number(of.slice(base.length + 1)));
  return messages
    .filter((view) => isHeld(view) && (view.id === base || (view.id.startsWith(`${base}.`) && part(view.id) > 1)))
    .toSorted((a, b) => part(a.id) - part(b.id));
}
