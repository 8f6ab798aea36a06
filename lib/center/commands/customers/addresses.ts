import { fullAddress, hasNumber, isAddress } from '../../../domain/address.ts';
import type { WhatsAppMessage } from '../../../domain/message.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';

/**
 * Every address that Twilio says belongs to the sender of a message: the one it came from and, since WhatsApp has user ids, the id beside
 * a number. Only what comes in one webhook belongs together; addresses are never compared by their digits.
 */
export function addressesOf(message: Pick<WhatsAppMessage, 'from' | 'externalUserId'>): [from: string, other: string | null] {
  const id = message.externalUserId;
  if (id === undefined || !isAddress(id) || hasNumber(id)) return [message.from, null];
  const other = fullAddress(id);
  return [message.from, other === message.from ? null : other];
}

const ownerOf = prepared((db, p: { address: string }) =>
  db.selectFrom('customer_addresses').select('customer_id').where('address', '=', p.address),
);

/** The customer who is known by this full address. */
export async function customerAt(db: Database, address: string): Promise<string | null> {
  const [row] = await ownerOf(db, { address });
  return row?.customer_id ?? null;
}

const insertAddress = prepared((db, p: { address: string; customerId: string }) =>
  db
    .insertInto('customer_addresses')
    .values({ address: p.address, customer_id: p.customerId })
    .onConflict((conflict) => conflict.column('address').doNothing()),
);

/** The customer is known by this address, too. */
export async function rememberAddress(db: Database, customerId: string, address: string): Promise<void> {
  await insertAddress(db, { address, customerId });
}
