import { nextTick, onMounted, watch, type Ref } from 'vue';

/** Lets a text box grow with what is typed in it, up to the limit of its style. */
export function useGrowing(box: Readonly<Ref<HTMLTextAreaElement | null>>, text: () => string): void {
  const grow = (): void => {
    const element = box.value;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  };
  watch(text, () => void nextTick(grow));
  onMounted(grow);
}
