/** What the package has for those who install it; a node or an example more is a line more here. */
export const NODE_TYPES = [
  'whatsapp-in',
  'session-guard',
  'notify-agent',
  'whatsapp-out',
  'transcript-store',
  'whatsapp-account',
  'contact-center',
];

export const EXAMPLES = [
  '01 Answer by an agent',
  '02 Automatic reply',
  '03 Bot first, then an agent',
  '04 Late answers',
  '05 Identify the customer',
  '06 Route by skill and hours',
  '07 Escalate an unclaimed offer',
  '08 Warn before the window closes',
  '09 Hand back to the bot',
];
