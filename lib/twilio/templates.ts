import { CenterError, isCenterError } from '../domain/errors.ts';
import type { TemplateRef } from '../domain/message.ts';
import {
  checkApproval,
  cleanVariables,
  fillTemplate,
  type FilledTemplate,
  type TemplateCatalogue,
  type TemplateView,
} from '../domain/template.ts';
import type { Account } from './account.ts';
import { createClient } from './api/client.ts';
import { toReadError } from './api/read-error.ts';
import { templateViewOf } from './template-view.ts';

/** The content templates of one account. */
export interface Templates {
  /**
   * All of them, with WhatsApp's approval; at most a minute old.
   * @throws CenterError `TWILIO_REFUSED`, `TWILIO_UNREACHABLE` or `ACCOUNT_MISSING`
   */
  list(): Promise<TemplateView[]>;
  /**
   * All of them for somebody who chooses: while Twilio cannot be asked, those that were known last and the reason, because a
   * template is needed most when something else goes wrong.
   *
   * @param fresh asks Twilio in any case
   * @throws CenterError as {@link list}, while none are known
   */
  catalogue(fresh: boolean): Promise<TemplateCatalogue>;
  /** One of them; null when the account has none with this SID, or when Twilio cannot be asked. */
  find(contentSid: string): Promise<TemplateView | null>;
  /**
   * Puts a template in order before it is sent, and says what the customer will read. Where Twilio cannot be asked for the
   * template the values are put in order, the text is empty, and Twilio decides about the rest.
   *
   * @param isWindowOpen asked only where WhatsApp has not approved the template
   * @throws CenterError `TEMPLATE_VARIABLES`, `TEMPLATE_NOT_APPROVED`
   */
  prepare(template: TemplateRef, isWindowOpen: () => Promise<boolean>): Promise<FilledTemplate>;
  /** Drops idle connections. */
  close(): void;
}

export interface TemplatesOptions {
  timeoutMs?: number;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

/** How long a list is good, in milliseconds: a template that was just approved shows within a minute. */
const GOOD_MS = 60_000;
/** A template that is not in the list may be a moment old; nor is a Twilio that does not answer asked for every message. */
const ASK_AGAIN_MS = 10_000;

const PAGE_SIZE = 200;
const MOST = 5000;

export function createTemplates(account: Account, options: TemplatesOptions = {}): Templates {
  const { now = () => performance.now() } = options;
  const client = createClient(account, options.timeoutMs);
  let known: { views: Map<string, TemplateView>; at: number } | null = null;
  let asking: Promise<Map<string, TemplateView>> | null = null;
  let askedAt = -Infinity;

  async function ask(): Promise<Map<string, TemplateView>> {
    try {
      const api = await client.api();
      const contents = await api.content.v1.contentAndApprovals.list({ pageSize: PAGE_SIZE, limit: MOST });
      const views = new Map(contents.map((content) => [content.sid, templateViewOf(content)]));
      known = { views, at: now() };
      return views;
    } catch (error) {
      throw toReadError(error, 'its list of templates');
    }
  }

  /** One question at a time, however many want to know. */
  function refresh(): Promise<Map<string, TemplateView>> {
    if (asking !== null) return asking;
    askedAt = now();
    asking = ask().finally(() => (asking = null));
    return asking;
  }

  async function views(): Promise<Map<string, TemplateView>> {
    return known !== null && now() - known.at < GOOD_MS ? known.views : refresh();
  }

  const templates: Templates = {
    async list() {
      return [...(await views()).values()];
    },

    async catalogue(fresh) {
      let problem: TemplateCatalogue['problem'] = null;
      try {
        await (fresh ? refresh() : views());
      } catch (error) {
        if (!isCenterError(error) || known === null) throw error;
        problem = { code: error.code, text: error.message };
      }
      return { templates: [...known!.views.values()], ageMs: Math.max(0, Math.round(now() - known!.at)), problem };
    },

    async find(contentSid) {
      const fresh = known !== null && now() - known.at < GOOD_MS ? known.views.get(contentSid) : undefined;
      if (fresh !== undefined) return fresh;
      // While Twilio does not answer, what was known last is better than nothing.
      if (asking === null && now() - askedAt < ASK_AGAIN_MS) return known?.views.get(contentSid) ?? null;
      try {
        return (await refresh()).get(contentSid) ?? null;
      } catch (error) {
        if (!isCenterError(error)) throw error;
        return known?.views.get(contentSid) ?? null;
      }
    },

    async prepare(template, isWindowOpen) {
      const view = await templates.find(template.contentSid);
      if (view === null) {
        return { template: { ...template, variables: cleanVariables(template.variables) }, text: '' };
      }
      if (view.approval !== 'approved') checkApproval(view, await isWindowOpen());
      return fillTemplate(view, template.variables);
    },

    close: () => client.close(),
  };
  return templates;
}

/** @throws CenterError `INVALID_TEMPLATE` */
export function unknownTemplate(contentSid: string): CenterError {
  return new CenterError('INVALID_TEMPLATE', `The account has no template ${contentSid}.`);
}
