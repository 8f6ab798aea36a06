import { defineAsyncComponent, type Component } from 'vue';
import PageLoading from './PageLoading.vue';
import PageMissing from './PageMissing.vue';
import PartMissing from './PartMissing.vue';

/** Where something is fetched only when it is wanted, long enough that nothing flickers when it is there at once. */
const DELAY_MS = 120;

/** A page, or most of one, that not everybody needs at once. */
export function laterPage(loader: () => Promise<Component>): Component {
  return defineAsyncComponent({ loader, loadingComponent: PageLoading, errorComponent: PageMissing, delay: DELAY_MS });
}

/** A part of a page that most people never ask for. Should it not come, its place says so instead of staying empty. */
export function laterPart<Part extends Component>(loader: () => Promise<Part>, loadingComponent?: Component): Part {
  return defineAsyncComponent({ loader, loadingComponent, errorComponent: PartMissing, delay: DELAY_MS });
}
