import { computed, type WritableComputedRef } from 'vue';

/** A dialog about something is open while there is something; closed by its own means, it says so. */
export function useOpen(subject: () => unknown, onClosed: () => void): WritableComputedRef<boolean> {
  return computed({
    get: () => subject() !== null,
    set: (open) => {
      if (!open) onClosed();
    },
  });
}
