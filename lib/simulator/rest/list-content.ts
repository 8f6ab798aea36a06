import { pageOf } from './page-of.ts';
import { SAMPLE_TEMPLATES } from './templates.ts';
import type { ContentTemplate } from './templates.ts';

/** Addresses in answers are Twilio's own; whoever stands in for it leads them here. */
const CONTENT_API = 'https://content.twilio.com';
const CREATED = '2026-01-15T09:00:00Z';

/**
 * Answers `GET /v1/ContentAndApprovals`: the templates with WhatsApp's word for each, in pages.
 * @throws TwilioRefusal for a page that cannot be read
 */
export function listContent(query: URLSearchParams, accountSid: string): Record<string, unknown> {
  const { page, size, start } = pageOf(query);
  const address = (number: number): string => `${CONTENT_API}/v1/ContentAndApprovals?PageSize=${size}&Page=${number}`;
  return {
    contents: SAMPLE_TEMPLATES.slice(start, start + size).map((template) => contentResource(template, accountSid)),
    meta: {
      page,
      page_size: size,
      first_page_url: address(0),
      previous_page_url: page > 0 ? address(page - 1) : null,
      url: address(page),
      next_page_url: start + size < SAMPLE_TEMPLATES.length ? address(page + 1) : null,
      key: 'contents',
    },
  };
}

/** A template as the Content API shows it. */
function contentResource(template: ContentTemplate, accountSid: string): Record<string, unknown> {
  const { contentSid, name, language, samples, status, category, rejectionReason } = template;
  const [type, definition] = definitionOf(template);
  const url = `${CONTENT_API}/v1/Content/${contentSid}`;
  return {
    sid: contentSid,
    account_sid: accountSid,
    friendly_name: name,
    language,
    variables: samples,
    types: { [type]: definition },
    date_created: CREATED,
    date_updated: CREATED,
    url,
    links: { approval_fetch: `${url}/ApprovalRequests` },
    approval_requests:
      status === 'unsubmitted'
        ? { name: '', category: '', content_type: '', status, rejection_reason: '', allow_category_change: true }
        : {
            name,
            category,
            content_type: type,
            status,
            rejection_reason: rejectionReason,
            allow_category_change: true,
            flows: null,
          },
  };
}

/** The kind of content and what it says, as the Content API writes each. */
function definitionOf({ body, quickReplies, list, links }: ContentTemplate): [type: string, definition: Record<string, unknown>] {
  if (list) {
    const items = list.items.map(({ id, title, description }) => ({ id, item: title, description }));
    return ['twilio/list-picker', { body, button: list.button, items }];
  }
  if (links) return ['twilio/call-to-action', { body, actions: links.map(({ title, url }) => ({ type: 'URL', title, url })) }];
  if (quickReplies.length === 0) return ['twilio/text', { body }];
  const actions = quickReplies.map(({ id, title }) => ({ type: 'QUICK_REPLY', id, title }));
  return ['twilio/quick-reply', { body, actions }];
}
