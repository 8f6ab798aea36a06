/** The pages of the desk. A further one is a further name here, a component in `Desk.vue` and an entry of the rail. */
export type Route = { page: 'home' } | { page: 'sessions'; conversationId: string | null } | { page: 'team' };

/** Reads the part of the address behind `#`; anything unknown is Home. */
export function parseRoute(hash: string): Route {
  const [page, id] = hash.replace(/^#\/?/, '').split('/');
  if (page === 'sessions') return { page, conversationId: id === undefined || id === '' ? null : safeDecode(id) };
  if (page === 'team') return { page };
  return { page: 'home' };
}

export function routeHash(route: Route): string {
  if (route.page === 'sessions' && route.conversationId !== null) return `#/sessions/${encodeURIComponent(route.conversationId)}`;
  return `#/${route.page}`;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
