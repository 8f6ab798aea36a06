import type { MessageView } from '../../../../lib/center/views.ts';
import { isFailure, type DeliveryStatus } from '../../../../lib/domain/delivery-status.ts';

/** How an outbound message's way to the customer looks. */
export interface DeliveryFace {
  mark: 'clock' | 'tick' | 'ticks' | 'read' | 'failed' | 'canceled' | 'question';
  /** The status word, for the text beside or behind the mark. */
  status: DeliveryStatus;
  /** Something an agent should know although nothing has failed. */
  remark: 'waitsForFlow' | 'waitsForTwilio' | 'flowSilent' | null;
}

/** Without a verdict from the flow for this long, the desk says so. */
const FLOW_SILENT_MS = 30_000;

/** Null for what a customer wrote. */
export function deliveryFace(view: MessageView, now: number): DeliveryFace | null {
  const { status } = view.message;
  if (status === 'received') return null;
  return { mark: markOf(status), status, remark: status === 'pending' ? remarkOf(view, now) : null };
}

function remarkOf({ flowRunning, handedAt, waitsForTwilio }: MessageView, now: number): DeliveryFace['remark'] {
  // The flow has done its part.
  if (waitsForTwilio) return 'waitsForTwilio';
  if (handedAt !== null && now - handedAt > FLOW_SILENT_MS) return 'flowSilent';
  return flowRunning ? null : 'waitsForFlow';
}

function markOf(status: DeliveryStatus): DeliveryFace['mark'] {
  if (status === 'canceled') return 'canceled';
  if (isFailure(status)) return 'failed';
  if (status === 'unknown') return 'question';
  if (status === 'read') return 'read';
  if (status === 'delivered') return 'ticks';
  return status === 'sent' ? 'tick' : 'clock';
}
