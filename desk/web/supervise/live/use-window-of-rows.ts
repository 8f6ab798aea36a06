import { computed, onBeforeUnmount, onMounted, ref, type ComputedRef, type Ref } from 'vue';

/** Rows drawn beyond what is seen, so that scrolling shows no gaps. */
const BEYOND = 8;

/** The part of a long list of equally high rows that can be seen: a thousand rows cost as much as twenty. */
export function useWindowOfRows(
  box: Readonly<Ref<HTMLElement | null>>,
  count: () => number,
  rowHeight: () => number,
  onWidth: (width: number) => void,
): { first: ComputedRef<number>; last: ComputedRef<number>; onScroll: () => void } {
  const top = ref(0);
  const height = ref(0);
  let observer: ResizeObserver | null = null;

  function onScroll(): void {
    top.value = box.value?.scrollTop ?? 0;
  }

  onMounted(() => {
    observer = new ResizeObserver(([entry]) => {
      height.value = entry?.contentRect.height ?? 0;
      onWidth(entry?.contentRect.width ?? 0);
      onScroll();
    });
    if (box.value !== null) observer.observe(box.value);
  });
  onBeforeUnmount(() => observer?.disconnect());

  const first = computed(() => Math.max(0, Math.min(count(), Math.floor(top.value / rowHeight()) - BEYOND)));
  const last = computed(() => Math.min(count(), Math.ceil((top.value + height.value) / rowHeight()) + BEYOND));
  return { first, last, onScroll };
}
