import { onScopeDispose, ref, type Ref } from 'vue';

/** Follows a media query for as long as the component lives. */
export function useMediaQuery(query: string): Ref<boolean> {
  const list = matchMedia(query);
  const matches = ref(list.matches);
  const read = (): void => {
    matches.value = list.matches;
  };
  list.addEventListener('change', read);
  onScopeDispose(() => list.removeEventListener('change', read));
  return matches;
}

/** The side pane becomes a drawer. */
export const NARROW = '(max-width: 1099.98px)';
/** List and conversation are two screens. */
export const SMALL = '(max-width: 759.98px)';
