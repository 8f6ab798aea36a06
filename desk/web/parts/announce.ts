import { shallowRef } from 'vue';

/** What a screen reader says next; changing it is saying it. */
export const said = shallowRef<{ polite: string; assertive: string }>({ polite: '', assertive: '' });

export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  said.value = { ...said.value, [urgency]: text };
}
