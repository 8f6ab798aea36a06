import type { Center } from '../center/center.ts';
import type { AccountChoice } from '../center/sending-contract.ts';
import type { ConversationView, MessageView } from '../center/views.ts';
import { CenterError } from '../domain/errors.ts';
import type { TemplateRef } from '../domain/message.ts';
import {
  checkApproval,
  fillTemplate,
  type FilledTemplate,
  type TemplateCatalogue,
  type TemplateView,
} from '../domain/template.ts';
import type { Account } from './account.ts';
import { unknownTemplate, type Templates } from './templates.ts';
import type { Typing } from './typing.ts';

/** An account with what can be asked of Twilio about it. */
export interface ChannelAccount {
  account: Account;
  templates: Templates;
  typing: Typing;
}

/** What the desk needs of WhatsApp besides the store: everything that Twilio has to be asked for. */
export interface Channel {
  accounts(): Promise<AccountChoice[]>;
  /**
   * The templates of an account, in every state of approval.
   * @throws CenterError `ACCOUNT_MISSING`, `TWILIO_REFUSED`, `TWILIO_UNREACHABLE`
   */
  templates(accountId: string): Promise<TemplateView[]>;
  /**
   * The same for somebody who chooses one: while Twilio cannot be asked, the last known ones with the reason. Throws as
   * {@link templates}. `fresh` asks Twilio in any case.
   */
  catalogue(accountId: string, fresh: boolean): Promise<TemplateCatalogue>;
  /**
   * Fills in a template for a preview or to be sent.
   * @throws CenterError `INVALID_TEMPLATE` for one that the account does not have, `TEMPLATE_NOT_APPROVED`, `TEMPLATE_VARIABLES`,
   * and as {@link templates}
   */
  fill(accountId: string, template: TemplateRef, windowOpen: boolean): Promise<FilledTemplate>;
  /** An agent's template in a conversation of theirs, in the window and outside of it. Throws as {@link fill} and `reply`. */
  sendTemplate(args: { conversationId: string; agentId: string; messageId: string; template: TemplateRef }): Promise<MessageView>;
  /**
   * An agent writes to a customer first. Throws as {@link fill} and `startConversation`; `SENDER_AMBIGUOUS` when there are several
   * accounts and none is named.
   */
  start(args: {
    agentId: string;
    address: string;
    accountId?: string | null;
    queueId?: string | null;
    messageId: string;
    template: TemplateRef;
  }): Promise<{ conversation: ConversationView; message: MessageView }>;
  /** Shows the customer that the agent writes; nothing happens where that is not possible. Throws `NOT_YOUR_CONVERSATION`. */
  typing(args: { conversationId: string; agentId: string }): Promise<void>;
}

export interface ChannelOptions {
  center: Center;
  /** The center's accounts that can be used now. */
  accounts(): Promise<ChannelAccount[]>;
}

export function createChannel({ center, accounts }: ChannelOptions): Channel {
  async function accountOf(id: string): Promise<ChannelAccount> {
    const found = (await accounts()).find(({ account }) => account.id === id);
    if (found === undefined)
      throw new CenterError('ACCOUNT_MISSING', 'The WhatsApp account of this conversation cannot be used now.');
    return found;
  }

  async function onlyAccount(): Promise<ChannelAccount> {
    const all = await accounts();
    if (all.length === 1) return all[0]!;
    throw all.length === 0
      ? new CenterError('ACCOUNT_MISSING', 'There is no WhatsApp account that can be used now.')
      : new CenterError('SENDER_AMBIGUOUS', 'Several accounts could send this: choose one.');
  }

  const channel: Channel = {
    async accounts() {
      return (await accounts()).map(({ account: { id, name, sender } }) => ({ id, name, sender }));
    },

    async templates(accountId) {
      return (await accountOf(accountId)).templates.list();
    },

    async catalogue(accountId, fresh) {
      return (await accountOf(accountId)).templates.catalogue(fresh);
    },

    async fill(accountId, template, windowOpen) {
      // Whether Twilio can be asked at this moment is not what decides: what is known of the template is enough to fill it in.
      const { templates } = await channel.catalogue(accountId, false);
      const view = templates.find(({ contentSid }) => contentSid === template.contentSid);
      if (view === undefined) throw unknownTemplate(template.contentSid);
      checkApproval(view, windowOpen);
      return fillTemplate(view, template.variables);
    },

    async sendTemplate({ conversationId, agentId, messageId, template }) {
      const { accountId, session } = await center.query('conversationView', { conversationId, agentId });
      const filled = await channel.fill(accountId, template, session.open);
      return center.run('reply', { conversationId, agentId, messageId, ...filled });
    },

    async start({ agentId, address, accountId = null, queueId = null, messageId, template }) {
      const { account } = accountId === null ? await onlyAccount() : await accountOf(accountId);
      const { id, sender } = account;
      // To somebody who may never have written: only what WhatsApp approved can go.
      const filled = await channel.fill(id, template, false);
      const args = { by: { agentId }, address, accountId: id, sender, queueId, messageId, ...filled };
      const { conversationId, message } = await center.run('startConversation', args);
      return { conversation: await center.query('conversationView', { conversationId, agentId }), message };
    },

    async typing({ conversationId, agentId }) {
      const target = await center.query('typingTarget', { conversationId, agentId });
      if (target === null) return;
      const found = (await accounts()).find(({ account }) => account.id === target.accountId);
      if (found === undefined || found.account.typing === false) return;
      await found.typing.show(conversationId, target.sid);
    },
  };
  return channel;
}
