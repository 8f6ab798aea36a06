import { CenterError } from '../../../domain/errors.ts';
import type { Database } from '../../../store/schema.ts';
import { usernameOf } from '../people/usernames.ts';

/** A queue by name or id. @throws CenterError `UNKNOWN_QUEUE` */
export async function queueNamed(db: Database, nameOrId: string): Promise<string> {
  const queue = await db
    .selectFrom('queues')
    .select('id')
    .where((e) => e.or([e('name', '=', nameOrId), e('id', '=', nameOrId)]))
    .executeTakeFirst();
  if (queue === undefined) throw new CenterError('UNKNOWN_QUEUE', `There is no queue "${nameOrId}".`);
  return queue.id;
}

/** An agent by id or username who has not been disabled. @throws CenterError `UNKNOWN_AGENT` */
export async function agentNamed(db: Database, idOrUsername: string): Promise<string> {
  const agent = await db
    .selectFrom('agents')
    .select('id')
    .where((e) => e.or([e('id', '=', idOrUsername), e('username', '=', usernameOf(idOrUsername))]))
    .where('disabled', '=', 0)
    .executeTakeFirst();
  if (agent === undefined) throw new CenterError('UNKNOWN_AGENT', `There is no agent "${idOrUsername}".`);
  return agent.id;
}
