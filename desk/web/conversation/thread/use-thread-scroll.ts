import { nextTick, onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue';

/** Nearer to the end than this counts as being at the end. */
const NEAR_PX = 80;

/**
 * Keeps a thread where a reader expects it: at its end while they are there, and exactly where they are while older
 * messages come in above.
 * @param first names the first message; when it changes, something was put above
 */
export function useThreadScroll(box: Ref<HTMLElement | null>, content: Ref<HTMLElement | null>, first: () => string | undefined) {
  const atEnd = ref(true);
  let observer: ResizeObserver | null = null;
  /** Of the box and of what is in it, when they were last looked at. */
  let heights = '';

  const heightsOf = (element: HTMLElement): string => `${element.clientHeight} ${element.scrollHeight}`;

  function toEnd(): void {
    const element = box.value;
    if (element !== null) {
      element.scrollTop = element.scrollHeight;
      heights = heightsOf(element);
    }
    atEnd.value = true;
  }

  function onScroll(): void {
    const element = box.value;
    if (element === null) return;
    const before = heights;
    heights = heightsOf(element);
    // The box has just become smaller, or what is in it larger: that is nobody who scrolls, and the observer follows.
    if (atEnd.value && heights !== before) return;
    atEnd.value = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
  }

  // The browser's own scroll anchoring is not in every browser, and where it is, it gives up at the very top.
  watch(
    first,
    async (_, before) => {
      const element = box.value;
      if (element === null || before === undefined || atEnd.value) return;
      const fromEnd = element.scrollHeight - element.scrollTop;
      await nextTick();
      element.scrollTop = element.scrollHeight - fromEnd;
    },
    { flush: 'pre' },
  );

  onMounted(() => {
    // Fonts, the keyboard of a phone and a growing composer change heights without any message coming in.
    observer = new ResizeObserver(() => {
      if (atEnd.value) toEnd();
    });
    if (box.value !== null) observer.observe(box.value);
    if (content.value !== null) observer.observe(content.value);
  });
  onBeforeUnmount(() => observer?.disconnect());

  return { atEnd, toEnd, onScroll };
}
