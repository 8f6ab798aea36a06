export const SUPERVISE_TABS = ['live', 'agents', 'audit'] as const;
export type SuperviseTab = (typeof SUPERVISE_TABS)[number];
export const TEAM_TABS = ['people', 'queues', 'statuses'] as const;
export type TeamTab = (typeof TEAM_TABS)[number];

/** The pages of the desk. A further one is a further name here, a component in `DeskPage.vue` and an entry of the rail. */
export type Route =
  | { page: 'home' }
  | { page: 'sessions'; conversationId: string | null }
  /** An agent begins a conversation; with the customer of an earlier one where that is named. */
  | { page: 'start'; conversationId: string | null }
  | { page: 'supervise'; tab: SuperviseTab }
  | { page: 'team'; tab: TeamTab; queueId: string | null };

/** Reads the part of the address behind `#`; anything unknown is Home, and an unknown tab the page's first. */
export function parseRoute(hash: string): Route {
  const [page, second, third] = hash.replace(/^#\/?/, '').split('/');
  if (page === 'sessions' || page === 'start') return { page, conversationId: given(second) };
  if (page === 'supervise') return { page, tab: SUPERVISE_TABS.find((tab) => tab === second) ?? 'live' };
  if (page === 'team') {
    const tab = TEAM_TABS.find((one) => one === second) ?? 'people';
    return { page, tab, queueId: tab === 'queues' ? given(third) : null };
  }
  return { page: 'home' };
}

export function routeHash(route: Route): string {
  switch (route.page) {
    case 'home':
      return '#/home';
    case 'sessions':
    case 'start':
      return hashOf(route.page, route.conversationId);
    case 'supervise':
      return hashOf('supervise', route.tab === 'live' ? null : route.tab);
    case 'team':
      return hashOf('team', route.tab === 'people' ? null : route.tab, route.tab === 'queues' ? route.queueId : null);
  }
}

function hashOf(...parts: (string | null)[]): string {
  return `#/${parts
    .filter((part) => part !== null)
    .map(encodeURIComponent)
    .join('/')}`;
}

function given(part: string | undefined): string | null {
  if (part === undefined || part === '') return null;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
