import { laterPage } from '../page/later.ts';

const load = () => import('../conversation/ConversationPanel.vue');

/** The largest part of the desk. Nobody reads a conversation before there is one, so that Home does not wait for it. */
export const ConversationPanel = laterPage(load);

/** There is a conversation to open: the panel is fetched before somebody does. Should it not come now, opening asks again. */
export function preparePanel(): void {
  load().catch(() => undefined);
}
