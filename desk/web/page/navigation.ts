import { ref } from 'vue';
import { parseRoute, routeHash, type Route } from './route.ts';

/** Where the page is. The address follows, so that reload, back and a second tab work. */
export const route = ref<Route>({ page: 'home' });

export function followAddress(): () => void {
  const read = (): void => {
    route.value = parseRoute(location.hash);
  };
  read();
  addEventListener('hashchange', read);
  return () => removeEventListener('hashchange', read);
}

export function go(to: Route): void {
  location.hash = routeHash(to);
  route.value = to;
}
