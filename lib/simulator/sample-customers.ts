import type { CustomerKind } from './phone-contract.ts';
import type { Ad } from './records.ts';

/** A customer who has the simulated phone in hand. */
export interface SampleCustomer {
  /** Without `whatsapp:`. */
  address: string;
  /** The WhatsApp profile name, chosen by the customer; empty when there is none. */
  name: string;
  kind: CustomerKind;
  /** What is special about this customer, shown on the phone page. */
  note: string;
  /** For look-ups in example flows; absent for people nobody knows. */
  contact?: { id: string; email: string; company: string; orderNumber: string };
}

/** Fictional people for the phone and for the example flows. All numbers are from the range kept free for fiction. */
export const SAMPLE_CUSTOMERS: readonly SampleCustomer[] = [
  {
    address: '+15550100101',
    name: 'Lucía Pereira',
    kind: 'contact',
    note: 'Known contact with an order on its way',
    contact: { id: 'CON-1001', email: 'lucia@example.com', company: 'Pereira Studio', orderNumber: '48213' },
  },
  {
    address: '+15550100102',
    name: 'Noah Lindqvist',
    kind: 'contact',
    note: 'Known contact with a question about an invoice',
    contact: { id: 'CON-1002', email: 'noah@example.com', company: 'Lindqvist Bikes', orderNumber: '47120' },
  },
  {
    address: '+15550100103',
    name: 'أمل حداد',
    kind: 'contact',
    note: 'Known contact who writes from right to left',
    contact: { id: 'CON-1003', email: 'amal@example.com', company: 'Haddad Trading', orderNumber: '49007' },
  },
  { address: '+15550100177', name: 'Sam', kind: 'number', note: 'A number nobody has seen before' },
  { address: 'US.13491208655302741918', name: 'quiet.river', kind: 'hidden', note: 'Hides the number behind a user name' },
];

/** The ad by which a customer may have come. */
export const SAMPLE_AD: Ad = {
  headline: 'Spring sale: write to us',
  body: 'Ask us anything about our new bicycles.',
  sourceId: '120210000000000000',
  sourceUrl: 'https://example.com/ads/spring-sale',
  clickId: 'example-click-1',
};
