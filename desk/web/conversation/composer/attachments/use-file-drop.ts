import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';
import type { GivenFile } from '../../../live/prepare-file.ts';
import { givenFiles, hasFiles } from './pasted-files.ts';

/**
 * Lets files be dropped on an element. Beside it a drop does nothing, instead of leaving the page for the file.
 * @param enabled whether files can be taken now
 * @returns whether files are being dragged over the element
 */
export function useFileDrop(
  target: Readonly<Ref<HTMLElement | null>>,
  enabled: () => boolean,
  onFiles: (files: GivenFile[]) => void,
): Readonly<Ref<boolean>> {
  const over = ref(false);

  const isHere = (event: DragEvent): boolean => enabled() && target.value?.contains(event.target as Node) === true;

  function drag(event: DragEvent): void {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    over.value = isHere(event);
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = over.value ? 'copy' : 'none';
  }

  function leave(event: DragEvent): void {
    // Out of the window; from one element to the next, the other's "over" follows at once.
    if (event.relatedTarget === null) over.value = false;
  }

  function drop(event: DragEvent): void {
    over.value = false;
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    if (isHere(event)) onFiles(givenFiles(event.dataTransfer?.files ?? []));
  }

  onMounted(() => {
    window.addEventListener('dragover', drag);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
  });
  onBeforeUnmount(() => {
    window.removeEventListener('dragover', drag);
    window.removeEventListener('dragleave', leave);
    window.removeEventListener('drop', drop);
  });
  return over;
}
