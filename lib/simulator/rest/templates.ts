import type { ChoiceList } from '../phone-contract.ts';

/** A content template of the simulated account. */
export interface ContentTemplate {
  contentSid: string;
  name: string;
  language: string;
  body: string;
  /** What stands in for a variable that is not given, as at Twilio. */
  samples: Record<string, string>;
  quickReplies: { id: string; title: string }[];
  list?: ChoiceList;
  /** Call to action: addresses to open. */
  links?: { title: string; url: string }[];
  /** WhatsApp's word for it. */
  status: 'approved' | 'pending' | 'rejected' | 'paused' | 'disabled' | 'unsubmitted';
  category: 'UTILITY' | 'MARKETING';
  rejectionReason: string;
}

const APPROVED = { language: 'en', status: 'approved', category: 'UTILITY', rejectionReason: '' } as const;

/** A few templates to play with, in every state that WhatsApp knows; every other ContentSid is refused. */
export const SAMPLE_TEMPLATES: readonly ContentTemplate[] = [
  {
    ...APPROVED,
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
    ...APPROVED,
    contentSid: 'HX24000000000000000000000000000002',
    name: 'order_on_its_way',
    body: 'Good news, {{1}}: order {{2}} is on its way and should be with you {{3}}.',
    samples: { '1': 'there', '2': '48213', '3': 'tomorrow' },
    quickReplies: [],
  },
  {
    ...APPROVED,
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
  {
    ...APPROVED,
    contentSid: 'HX24000000000000000000000000000004',
    name: 'new_opening_hours',
    body: 'Dear {{name}}, from {{day}} on we are there for you from 8 to 20 o’clock.',
    samples: { name: 'customer', day: 'Monday' },
    quickReplies: [],
    status: 'pending',
  },
  {
    ...APPROVED,
    contentSid: 'HX24000000000000000000000000000005',
    name: 'everything_must_go',
    body: 'EVERYTHING MUST GO, {{1}}!!!',
    samples: { '1': 'friend' },
    quickReplies: [],
    status: 'rejected',
    category: 'MARKETING',
    rejectionReason: 'The content looks like spam.',
  },
  {
    ...APPROVED,
    contentSid: 'HX24000000000000000000000000000006',
    name: 'how_was_it',
    body: 'How was your order, {{1}}? We would love to hear from you.',
    samples: { '1': 'there' },
    quickReplies: [],
    status: 'paused',
    category: 'MARKETING',
  },
  {
    ...APPROVED,
    contentSid: 'HX24000000000000000000000000000007',
    name: 'choose_a_colour',
    body: 'Which colour shall it be?',
    samples: {},
    quickReplies: [
      { id: 'red', title: 'Red' },
      { id: 'blue', title: 'Blue' },
    ],
    status: 'unsubmitted',
  },
  {
    ...APPROVED,
    contentSid: 'HX24000000000000000000000000000008',
    name: 'pick_a_time',
    body: 'When may we bring your parcel?',
    samples: {},
    quickReplies: [],
    list: {
      button: 'Choose a time',
      items: [
        { id: 'morning', title: 'Morning', description: 'Between 8 and 12' },
        { id: 'afternoon', title: 'Afternoon', description: 'Between 12 and 17' },
        { id: 'evening', title: 'Evening', description: 'Between 17 and 20' },
      ],
    },
    // A list is for people who write with us; WhatsApp approves none.
    status: 'unsubmitted',
  },
  {
    ...APPROVED,
    contentSid: 'HX24000000000000000000000000000009',
    name: 'track_your_order',
    body: 'Order {{1}} is on its way.',
    samples: { '1': '48213' },
    quickReplies: [],
    links: [{ title: 'Track it', url: 'https://example.com/track/48213' }],
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
