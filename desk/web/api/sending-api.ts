import type { AccountChoice, KnownCustomer, RecipientView } from '../../../lib/center/sending-contract.ts';
import type { ConversationView, MessageView } from '../../../lib/center/views.ts';
import type { TemplateRef } from '../../../lib/domain/message.ts';
import type { TemplateCatalogue } from '../../../lib/domain/template.ts';

/** A conversation that an agent begins. The id is chosen here, so that a repeated request stays one message. */
export interface StartRequest {
  id: string;
  address: string;
  accountId: string;
  queueId: string;
  template: TemplateRef;
}

/** The part of the desk's API about templates, held answers, typing and conversations that agents begin. */
export interface SendingApi {
  accounts(): Promise<AccountChoice[]>;
  /** `fresh` asks Twilio in any case. */
  templates(accountId: string, fresh: boolean): Promise<TemplateCatalogue>;
  sendTemplate(conversationId: string, messageId: string, template: TemplateRef): Promise<MessageView>;
  cancelHeld(messageId: string): Promise<MessageView>;
  typing(conversationId: string): Promise<void>;
  recipient(address: string, accountId: string | null): Promise<RecipientView>;
  knownCustomers(text: string): Promise<KnownCustomer[]>;
  start(request: StartRequest): Promise<{ conversation: ConversationView; message: MessageView }>;
}

type Call = <Result>(method: string, path: string, body?: unknown) => Promise<Result>;

/** @param call asks the server and throws a DeskError */
export function createSendingApi(call: Call): SendingApi {
  const conversation = (id: string, rest: string): string => `api/conversations/${encodeURIComponent(id)}/${rest}`;
  return {
    accounts: () => call('GET', 'api/accounts'),
    templates: (accountId, fresh) =>
      call('GET', `api/accounts/${encodeURIComponent(accountId)}/templates${fresh ? '?fresh=1' : ''}`),
    sendTemplate: (id, messageId, { contentSid, variables }) =>
      call('POST', conversation(id, 'templates'), { id: messageId, contentSid, variables }),
    cancelHeld: (messageId) => call('POST', `api/messages/${encodeURIComponent(messageId)}/cancel`, {}),
    typing: (id) => call('POST', conversation(id, 'typing'), {}),
    recipient: (address, accountId) =>
      call('GET', `api/recipients?${new URLSearchParams({ address, ...(accountId === null ? {} : { account: accountId }) })}`),
    knownCustomers: (text) => call('GET', `api/customers?${new URLSearchParams({ text })}`),
    start: ({ id, address, accountId, queueId, template: { contentSid, variables } }) =>
      call('POST', 'api/conversations', { id, address, accountId, queueId, contentSid, variables }),
  };
}
