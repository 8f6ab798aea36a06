import type { ConversationView, PresenceView } from '../../../lib/center/views.ts';
import type { RemarkView } from '../../../lib/center/engine-contract.ts';
import type { BasePresence } from '../../../lib/domain/presence.ts';
import type { DeskApi } from '../api/client.ts';
import type { Destination } from '../api/engine-api.ts';
import { createAttempts } from './attempts.ts';

/** What an agent does with a conversation besides answering it, and with their own status. Everything throws a DeskError. */
export interface Moves {
  setPresence(presence: BasePresence, statusId: string | null): Promise<void>;
  transfer(id: string, to: Destination, note: string): Promise<ConversationView>;
  consult(id: string, toAgentId: string, note: string): Promise<ConversationView>;
  takeBack(id: string): Promise<void>;
  release(id: string): Promise<ConversationView>;
  handBack(id: string, note: string): Promise<ConversationView>;
  attend(id: string, as: 'monitor' | 'join'): Promise<ConversationView>;
  leave(id: string): Promise<void>;
  remark(id: string, kind: RemarkView['kind'], text: string): Promise<void>;
  setTags(id: string, tags: string[]): Promise<ConversationView>;
  setDispositions(id: string, codes: string[]): Promise<ConversationView>;
  /** Forgets what was being written. */
  clear(): void;
}

/** What the page does with the center's answers. */
export interface MovesHost {
  after(view: ConversationView): ConversationView;
  /** The conversation is different now, and the answer does not say how. */
  changed(conversationId: string): void;
  presence(view: PresenceView): void;
  remarked(remark: RemarkView): void;
}

export function createMoves(api: DeskApi, host: MovesHost): Moves {
  const { after } = host;
  const attempts = createAttempts();
  return {
    setPresence: async (presence, statusId) => host.presence(await api.setPresence(presence, statusId)),
    transfer: async (id, to, note) => after(await api.transfer(id, to, note)),
    consult: async (id, toAgentId, note) => after(await api.consult(id, toAgentId, note)),
    async takeBack(id) {
      await api.cancelInvitation(id);
      host.changed(id);
    },
    release: async (id) => after(await api.release(id)),
    handBack: async (id, note) => after(await api.handBack(id, note)),
    attend: async (id, as) => after(await api.attend(id, as)),
    async leave(id) {
      await api.leaveConversation(id);
      host.changed(id);
    },
    async remark(id, kind, text) {
      const what = JSON.stringify([id, kind, text]);
      host.remarked(await attempts.send(what, (remarkId) => api.remark(id, remarkId, kind, text)));
    },
    setTags: async (id, tags) => after(await api.setTags(id, tags)),
    setDispositions: async (id, codes) => after(await api.setDispositions(id, codes)),
    clear: attempts.clear,
  };
}
