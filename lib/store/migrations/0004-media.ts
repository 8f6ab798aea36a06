import { randomBytes } from 'node:crypto';
import { sql, type Kysely } from 'kysely';

/** Files of both directions, several addresses for one customer, and how far Twilio's list was compared with the store. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('media')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('message_id', 'text')
    .addColumn('position', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('conversation_id', 'text')
    .addColumn('customer_id', 'text')
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('direction', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('content_type', 'text', (c) => c.notNull())
    .addColumn('size', 'bigint')
    .addColumn('name', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('file', 'text')
    .addColumn('url', 'text')
    .addColumn('contacts', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error_text', 'text')
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('due_at', 'bigint')
    .addColumn('uploaded_by', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('stored_at', 'bigint')
    .execute();
  await db.schema.createIndex('media_by_message').on('media').columns(['message_id', 'position']).execute();
  await db.schema.createIndex('media_by_file').on('media').columns(['file']).execute();
  await db.schema.createIndex('media_by_conversation').on('media').columns(['conversation_id']).execute();
  // Holds only what is on its way, whatever the history.
  await db.schema
    .createIndex('media_due')
    .on('media')
    .columns(['account_id', 'due_at'])
    .where(sql.ref('state'), '=', sql.lit('waiting'))
    .execute();
  await db.schema
    .createIndex('media_under_way')
    .on('media')
    .columns(['direction'])
    .where(sql.ref('state'), '=', sql.lit('fetching'))
    .execute();
  await db.schema
    .createIndex('media_unattached')
    .on('media')
    .columns(['created_at'])
    .where(sql.ref('message_id'), 'is', sql.lit(null))
    .execute();
  await db.schema.createIndex('media_quota').on('media').columns(['customer_id', 'stored_at']).execute();

  // Files cannot be deleted in a transaction; what is written here is deleted after it, however often that takes.
  await db.schema
    .createTable('files_to_delete')
    .addColumn('file', 'text', (c) => c.primaryKey())
    .execute();

  await db.schema
    .createTable('customer_addresses')
    .addColumn('address', 'text', (c) => c.primaryKey())
    .addColumn('customer_id', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('customer_addresses_of').on('customer_addresses').columns(['customer_id']).execute();
  await sql`insert into customer_addresses (address, customer_id) select address, id from customers`.execute(db);

  const key = randomBytes(32).toString('hex');
  await sql`insert into settings (key, value) values ('media-key', ${key})`.execute(db);
}
