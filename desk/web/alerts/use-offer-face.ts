import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { OfferView } from '../../../lib/center/views.ts';
import { useDesk } from '../live/desk.ts';
import { knownName } from '../words/customer.ts';

/** What the card of an offer and the line that it is made small to have in common. */
export interface OfferFace {
  /** Milliseconds until somebody else is asked, by the center's clock. */
  remaining: ComputedRef<number>;
  /** The same as a share of all the time there was. */
  fraction: ComputedRef<number>;
  tone: ComputedRef<'open' | 'soon' | 'urgent'>;
  name: ComputedRef<string>;
  /** The colleague who asks, where one does. */
  asker: ComputedRef<string>;
  /** What it is and of whom, for those who cannot see it. */
  label: ComputedRef<string>;
}

export function useOfferFace(offer: () => OfferView): OfferFace {
  const { t } = useI18n();
  const { clock } = useDesk();
  const remaining = computed(() => Math.max(0, offer().expiresAt - clock.now.value));
  const name = computed(() => knownName(offer().conversation.customer) ?? t('customer.visitorAlone'));
  const asker = computed(() => offer().from?.name ?? t('event.somebody'));
  return {
    remaining,
    fraction: computed(() => remaining.value / Math.max(1, offer().expiresAt - offer().createdAt)),
    tone: computed(() => (remaining.value < 10_000 ? 'urgent' : remaining.value < 30_000 ? 'soon' : 'open')),
    name,
    asker,
    label: computed(() => t(`alert.label.${offer().kind}`, { name: name.value, from: asker.value })),
  };
}
