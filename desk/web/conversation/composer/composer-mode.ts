import { reactive } from 'vue';

/** To whom one writes, and what. */
export type ComposerMode = 'reply' | 'template' | 'internal';

/** What was chosen in each conversation, for as long as the page lives. */
export const chosenModes = reactive(new Map<string, ComposerMode>());

/** The chosen one where it is possible; else the first that is. */
export function modeOf(conversationId: string, modes: readonly ComposerMode[]): ComposerMode {
  const chosen = chosenModes.get(conversationId);
  return chosen !== undefined && modes.includes(chosen) ? chosen : (modes[0] ?? 'internal');
}

/** What a reader may write, by how they take part and where the conversation is. */
export function composerModes(role: 'owner' | 'consult' | 'monitor' | 'join' | 'none', state: string): ComposerMode[] {
  if (state === 'closed' || role === 'none') return [];
  if (role === 'consult' || role === 'monitor') return ['internal'];
  return state === 'active' ? ['reply', 'internal', 'template'] : role === 'join' ? ['internal'] : [];
}
