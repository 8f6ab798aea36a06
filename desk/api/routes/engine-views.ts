import type {
  AgentWorkView,
  AuditPage,
  QueueSettings,
  RemarkView,
  TransferTargets,
} from '../../../lib/center/engine-contract.ts';
import type { PresenceView, StatusView, WorkView } from '../../../lib/center/views.ts';
import { BASE_PRESENCES } from '../../../lib/domain/presence.ts';
import { STRATEGIES } from '../../../lib/domain/routing.ts';
import {
  anyObject,
  described,
  either,
  flag,
  integer,
  list,
  named,
  nullable,
  object,
  oneOf,
  optional,
  text,
} from '../http/schema.ts';
import type { Schema } from '../http/schema.ts';

/** The shapes of presence, queues, transfer and supervision. */

export const milliseconds = () => described(integer(), 'Milliseconds since 1970, UTC');
export const namedRef = () => object({ id: text(), name: text() });
export const author = () =>
  object({ kind: oneOf(['customer', 'agent', 'flow', 'system']), id: optional(text()), name: optional(text()) });

const presence = () => oneOf([...BASE_PRESENCES, 'inactive']);
export const basePresence = () => oneOf(BASE_PRESENCES);

export const statusView: Schema<StatusView> = named('Status', object({ id: text(), label: text(), base: basePresence() }));

export const presenceView: Schema<PresenceView> = named(
  'Presence',
  object({
    agentId: text(),
    presence: presence(),
    statusId: nullable(text()),
    label: nullable(text()),
    by: oneOf(['agent', 'system']),
    used: described(integer(), 'Units in use; after a manual pick perhaps more than there are'),
    capacity: integer(),
    sessions: integer({ min: 0 }),
    statuses: list(statusView),
  }),
);

const dispositionCode = () => object({ code: text({ min: 1, max: 40 }), label: text({ min: 1, max: 80 }) });

export const workView: Schema<WorkView> = named(
  'Work',
  object({
    priority: integer(),
    skills: list(text()),
    dispositions: list(text()),
    dispositionChoices: list(dispositionCode()),
    dispositionMandatory: flag(),
    participants: list(object({ id: text(), name: text(), as: oneOf(['consult', 'monitor', 'join']) })),
    invitation: nullable(
      object({ kind: oneOf(['transfer', 'consult']), to: namedRef(), createdAt: milliseconds(), expiresAt: milliseconds() }),
    ),
    role: described(oneOf(['owner', 'consult', 'monitor', 'join', 'none']), 'How the reader takes part'),
  }),
);

export const transferTargets: Schema<TransferTargets> = named(
  'TransferTargets',
  object({
    agents: list(
      object({ id: text(), name: text(), presence: presence(), used: integer(), capacity: integer(), queues: list(text()) }),
    ),
    queues: list(
      object({
        id: text(),
        name: text(),
        open: described(flag(), 'Within its business hours'),
        opensAt: described(nullable(milliseconds()), 'When its hours begin again; null while they last'),
        served: flag(),
        available: integer({ min: 0 }),
        waiting: integer({ min: 0 }),
      }),
    ),
  }),
);

export const remarkView: Schema<RemarkView> = named(
  'Remark',
  object({
    id: text(),
    conversationId: text(),
    kind: oneOf(['internal', 'note']),
    text: text(),
    author: author(),
    at: milliseconds(),
  }),
);

/** Business hours as a queue has them and as a supervisor sends them; the rules about their content are the domain's. */
export const businessHours = () =>
  object({
    timeZone: described(text({ min: 1, max: 60 }), 'IANA name, such as Europe/Bucharest'),
    spans: described(
      list(object({ day: integer({ min: 1, max: 7 }), from: text({ max: 5 }), to: text({ max: 5 }) }), { max: 100 }),
      'Monday is 1; times are HH:MM; none at all means always open',
    ),
    closedOn: described(list(text({ max: 10 }), { max: 400 }), 'YYYY-MM-DD'),
  });

const timeoutAction = () =>
  either(
    'a time-out’s action',
    object({ type: oneOf(['message-customer']), text: text({ max: 1600 }) }),
    object({ type: oneOf(['message-agent']), text: text({ max: 1600 }) }),
    object({ type: oneOf(['wait', 'close']) }),
  );

export const timeoutRules = () =>
  list(
    object({
      id: text({ min: 1, max: 64 }),
      silent: oneOf(['customer', 'agent']),
      afterMinutes: integer({ min: 1, max: 100_000 }),
      action: timeoutAction(),
    }),
    { max: 20 },
  );

export const dispositionCodes = () => list(dispositionCode(), { max: 100 });

export const queueSettings: Schema<QueueSettings> = named(
  'Queue',
  object({
    id: text(),
    name: text(),
    served: described(flag(), 'A running notify-agent takes care of it'),
    strategy: oneOf(STRATEGIES),
    offerSeconds: integer({ min: 0 }),
    keepAgent: flag(),
    everyone: described(flag(), 'Everybody in the team belongs to it; otherwise `members` alone'),
    members: list(text()),
    hours: nullable(businessHours()),
    isOpen: flag(),
    units: described(integer(), 'What one of its conversations costs'),
    wrapUp: described(
      either('block, free or seconds', oneOf(['block', 'free']), integer({ min: 0 })),
      '"block", "free" or seconds',
    ),
    waitingCloseHours: integer({ min: 0 }),
    dispositions: dispositionCodes(),
    dispositionMandatory: flag(),
    timeouts: timeoutRules(),
    missedMakesInactive: flag(),
    rejectMakesBusy: flag(),
  }),
);

export const usualStatus = () => nullable(object({ presence: basePresence(), statusId: nullable(text({ max: 128 })) }));

export const agentWorkView: Schema<AgentWorkView> = named(
  'AgentWork',
  object({
    id: text(),
    username: text(),
    name: text(),
    role: oneOf(['agent', 'supervisor']),
    disabled: flag(),
    live: flag(),
    presence: presence(),
    label: nullable(text()),
    used: integer(),
    capacity: integer(),
    sessions: integer({ min: 0 }),
    skills: list(text()),
    usual: described(usualStatus(), 'The status at sign-in'),
    queues: list(text()),
  }),
);

export const auditPage: Schema<AuditPage> = named(
  'AuditPage',
  object({
    entries: list(
      object({
        seq: integer(),
        at: milliseconds(),
        type: text(),
        actor: author(),
        conversationId: nullable(text()),
        customer: described(nullable(text()), 'The name of the conversation’s customer, else the masked address'),
        agent: nullable(text()),
        queue: nullable(text()),
        reason: nullable(text()),
        data: anyObject(),
      }),
    ),
    before: described(nullable(integer()), 'Pass as `before` for older entries; null at the beginning'),
  }),
);
