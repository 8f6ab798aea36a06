import { ref } from 'vue';
import { parseRoute, routeHash, type Route } from './route.ts';

/** Where the page is. The address follows, so that reload, back and a second tab work. */
export const route = ref<Route>({ page: 'home' });

/** True once somebody has gone from one page to another. */
export const pageUsed = ref(false);

export function followAddress(): () => void {
  const read = (): void => {
    route.value = parseRoute(location.hash);
  };
  const follow = (): void => {
    pageUsed.value = true;
    read();
  };
  read();
  addEventListener('hashchange', follow);
  return () => removeEventListener('hashchange', follow);
}

export function go(to: Route): void {
  pageUsed.value = true;
  location.hash = routeHash(to);
  route.value = to;
}
