import type { AccountChoice, KnownCustomer, RecipientView } from '../../../lib/center/sending-contract.ts';
import type { TemplateCatalogue, TemplateView } from '../../../lib/domain/template.ts';
import { described, flag, integer, list, named, nullable, object, oneOf, text } from '../http/schema.ts';
import type { Schema } from '../http/schema.ts';
import { milliseconds, namedRef } from './engine-views.ts';

/** The shapes of accounts, templates and people who may be written to. */

export const accountChoice: Schema<AccountChoice> = named(
  'Account',
  object({ id: text(), name: text(), sender: described(text(), 'Empty where a Messaging Service chooses') }),
);

const templateView: Schema<TemplateView> = named(
  'Template',
  object({
    contentSid: text(),
    name: text(),
    language: text(),
    kind: described(text(), 'Twilio’s content type: "text", "quick-reply", "card" …'),
    category: described(text(), '"utility", "marketing" …; empty for one that was never handed in'),
    body: text(),
    lines: list(object({ part: oneOf(['header', 'text', 'footer']), text: text() })),
    variables: list(object({ key: text(), example: text() })),
    buttons: list(object({ title: text(), kind: oneOf(['reply', 'url', 'phone', 'other']), value: nullable(text()) })),
    media: described(list(text()), 'Addresses; may hold placeholders'),
    approval: oneOf(['approved', 'pending', 'rejected', 'paused', 'disabled', 'unsubmitted']),
    reason: nullable(text()),
  }),
);

export const templateCatalogue: Schema<TemplateCatalogue> = named(
  'TemplateCatalogue',
  object({
    templates: list(templateView),
    ageMs: described(integer({ min: 0 }), 'Milliseconds since Twilio gave them'),
    problem: described(
      nullable(object({ code: text() as Schema<NonNullable<TemplateCatalogue['problem']>['code']>, text: text() })),
      'Why they are not fresh',
    ),
  }),
);

export const recipientView: Schema<RecipientView> = named(
  'Recipient',
  object({
    address: text(),
    name: nullable(text()),
    optedOut: nullable(object({ at: milliseconds(), reason: oneOf(['stop', 'blocked']) })),
    live: nullable(
      object({
        conversationId: text(),
        state: oneOf(['open', 'active', 'waiting', 'wrap-up', 'closed']),
        handledBy: oneOf(['flow', 'queue', 'agent']),
        agent: nullable(namedRef()),
        queue: nullable(text()),
        visible: described(flag(), 'Whether the caller may open it'),
      }),
    ),
  }),
);

export const knownCustomer: Schema<KnownCustomer> = named(
  'KnownCustomer',
  object({
    address: text(),
    hasNumber: flag(),
    name: nullable(text()),
    lastMessageAt: milliseconds(),
    optedOut: flag(),
  }),
);
