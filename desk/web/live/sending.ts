import { shallowReactive } from 'vue';
import type { ConversationView, MessageView } from '../../../lib/center/views.ts';
import type { TemplateRef } from '../../../lib/domain/message.ts';
import type { TemplateCatalogue, TemplateView } from '../../../lib/domain/template.ts';
import type { DeskApi } from '../api/client.ts';
import { toDeskError, type DeskError } from '../api/desk-error.ts';
import type { StartRequest } from '../api/sending-api.ts';

/** Twilio's indicator lasts 25 seconds, and the server asks for it every 20 at most. */
const TYPING_AGAIN_MS = 20_500;

/** An account's templates as the page knows them; what was there before stays while it is asked for anew. */
export interface TemplateShelf {
  catalogue: TemplateCatalogue | null;
  /** When it came, by this page's clock. */
  at: number;
  loading: boolean;
  /** Why the last question had no answer. */
  problem: DeskError | null;
}

/** A template that is being filled in. */
export interface TemplateFilling {
  chosen: TemplateView | null;
  values: Record<string, string>;
}

/** What an agent sends besides answers. What returns a promise throws a DeskError unless said otherwise. */
export interface Sending {
  /** The templates of an account, loaded or on their way. */
  shelf(accountId: string): TemplateShelf;
  /** Never throws; the shelf has the problem. @param fresh asks Twilio in any case */
  loadTemplates(accountId: string, fresh?: boolean): Promise<void>;
  /** Milliseconds since a shelf was filled. */
  age(shelf: TemplateShelf): number;
  /** What is being filled in in a conversation, for as long as the page lives; null for what nobody comes back to. */
  filling(conversationId: string | null): TemplateFilling;
  sendTemplate(conversationId: string, messageId: string, template: TemplateRef): Promise<void>;
  /** Takes back held answers, in this order, and returns their text. */
  takeBack(held: readonly MessageView[]): Promise<string>;
  /** The agent has pressed a key in an answer that can go out. Silent whatever happens: an indicator is worth no error. */
  typed(conversationId: string): void;
  start(request: StartRequest): Promise<ConversationView>;
  clear(): void;
}

export interface SendingHost {
  after(view: ConversationView): ConversationView;
  stored(conversationId: string, message: MessageView): void;
  /** Milliseconds by this page's clock. */
  now(): number;
}

export function createSending(api: DeskApi, host: SendingHost): Sending {
  const shelves = new Map<string, TemplateShelf>();
  const fillings = new Map<string, TemplateFilling>();
  const typedAt = new Map<string, number>();

  function shelf(accountId: string): TemplateShelf {
    const known = shelves.get(accountId);
    if (known !== undefined) return known;
    const empty = shallowReactive<TemplateShelf>({ catalogue: null, at: 0, loading: false, problem: null });
    shelves.set(accountId, empty);
    return empty;
  }

  return {
    shelf,
    async loadTemplates(accountId, fresh = false) {
      const one = shelf(accountId);
      if (one.loading) return;
      one.loading = true;
      try {
        one.catalogue = await api.templates(accountId, fresh);
        one.at = host.now();
        one.problem = null;
      } catch (thrown) {
        one.problem = toDeskError(thrown);
      } finally {
        one.loading = false;
      }
    },
    filling(conversationId) {
      const known = conversationId === null ? undefined : fillings.get(conversationId);
      if (known !== undefined) return known;
      const empty = shallowReactive<TemplateFilling>({ chosen: null, values: {} });
      if (conversationId !== null) fillings.set(conversationId, empty);
      return empty;
    },
    age: ({ at }) => Math.max(0, host.now() - at),
    async sendTemplate(conversationId, messageId, template) {
      host.stored(conversationId, await api.sendTemplate(conversationId, messageId, template));
    },
    async takeBack(held) {
      for (const { id, conversationId } of held) {
        const message = await api.cancelHeld(id);
        if (conversationId !== null) host.stored(conversationId, message);
      }
      return held.map(({ message }) => message.text).join('\n');
    },
    typed(conversationId) {
      const now = host.now();
      if (now - (typedAt.get(conversationId) ?? -Infinity) < TYPING_AGAIN_MS) return;
      typedAt.set(conversationId, now);
      api.typing(conversationId).catch(() => undefined);
    },
    async start(request) {
      const { conversation, message } = await api.start(request);
      host.after(conversation);
      host.stored(conversation.id, message);
      return conversation;
    },
    clear() {
      shelves.clear();
      fillings.clear();
      typedAt.clear();
    },
  };
}
