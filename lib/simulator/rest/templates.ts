/** An approved content template of the simulated account. */
export interface ContentTemplate {
  contentSid: string;
  name: string;
  body: string;
  /** What stands in for a variable that is not given, as at Twilio. */
  samples: Record<string, string>;
  quickReplies: { id: string; title: string }[];
}

/** A few templates to play with; every other ContentSid is refused. */
export const SAMPLE_TEMPLATES: readonly ContentTemplate[] = [
  {
    contentSid: 'HX24000000000000000000000000000001',
    name: 'continue_conversation',
    body: 'Hello {{1}}, we have an answer to your question. May we continue here?',
    samples: { '1': 'there' },
    quickReplies: [
      { id: 'continue', title: 'Yes, please' },
      { id: 'not-now', title: 'Not now' },
    ],
  },
  {
    contentSid: 'HX24000000000000000000000000000002',
    name: 'order_on_its_way',
    body: 'Good news, {{1}}: order {{2}} is on its way and should be with you {{3}}.',
    samples: { '1': 'there', '2': '48213', '3': 'tomorrow' },
    quickReplies: [],
  },
  {
    contentSid: 'HX24000000000000000000000000000003',
    name: 'appointment_reminder',
    body: 'Your appointment is on {{1}} at {{2}}. Does that still suit you?',
    samples: { '1': 'Monday', '2': '10:00' },
    quickReplies: [
      { id: 'confirm', title: 'Confirm' },
      { id: 'move', title: 'Another time' },
      { id: 'cancel', title: 'Cancel' },
    ],
  },
];

export function findTemplate(contentSid: string): ContentTemplate | undefined {
  return SAMPLE_TEMPLATES.find((template) => template.contentSid === contentSid);
}

/** The text a customer sees. */
export function renderTemplate(template: ContentTemplate, variables: Record<string, string>): string {
  return template.body.replace(/\{\{(\w+)\}\}/g, (whole, key: string) =>
    Object.hasOwn(variables, key) ? variables[key]! : (template.samples[key] ?? whole),
  );
}
