import { ref, type Ref } from 'vue';

/** How long a button says that it has copied, in milliseconds. */
const SAID_MS = 2000;

/** A button that copies a text. @param select marks the text for copying by hand, where there is no clipboard: without TLS */
export function useCopy(text: () => string, select: () => void): { copied: Readonly<Ref<boolean>>; copy: () => Promise<void> } {
  const copied = ref(false);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text());
      copied.value = true;
      setTimeout(() => (copied.value = false), SAID_MS);
    } catch {
      select();
    }
  }

  return { copied, copy };
}
