import type { Selectable } from 'kysely';
import type { CustomersTable } from '../../../store/schema.ts';

/** What a customer is called: as the flow or an agent said, else as they call themselves; null for somebody without any name. */
export function knownName(customer: Pick<Selectable<CustomersTable>, 'name' | 'profile_name' | 'username'>): string | null {
  return customer.name ?? customer.profile_name ?? customer.username;
}
