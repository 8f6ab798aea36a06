import { LIMIT_TEXT } from '../domain/session-window.ts';

/** What happened, and what to do about it; both for the agent at the desk. */
export type ErrorText = readonly [meaning: string, advice: string];

const ADMIN = 'Tell your administrator.';
const LATER = 'Try again in a few minutes.';
const ONCE_MORE = 'Try once more later. If it fails again, use another way to reach the customer.';
const FIX_TEMPLATE = 'Use another template, or tell your administrator.';
const WRONG_NUMBER = 'Check the customer’s number.';
const STOP = 'Do not write again until the customer writes.';

/** Texts by Twilio's number; what each calls for stands in `lib/domain/error-kinds.ts`. */
export const ERROR_TEXTS: Record<number, ErrorText> = {
  // busy
  20429: ['Twilio had too many requests at once and did not take this message.', LATER],
  21611: ['Too many messages are already waiting at Twilio for this sender.', LATER],
  // hiccup
  30001: ['Too many messages were waiting at Twilio, and this one was dropped.', LATER],
  63009: ['WhatsApp had a fault and did not deliver this message.', LATER],
  63010: ['Twilio had a fault while passing this message on.', LATER],
  63012: ['WhatsApp had an internal fault and did not deliver this message.', LATER],
  63017: ['The Twilio account sent too many messages at once.', LATER],
  63018: [
    'Too many messages were sent to this customer or from this sender.',
    'Wait before trying again: minutes, or a day when WhatsApp’s daily limit is reached.',
  ],
  63029: ['The customer’s phone could not load the template.', LATER],
  // ambiguous
  20500: [
    'Twilio had an internal fault; the message may or may not have been taken.',
    'Check with the customer before writing it again.',
  ],
  20503: [
    'Twilio was not available; the message may or may not have been taken.',
    'Check with the customer before writing it again.',
  ],
  // perhaps
  30003: ['The customer’s phone cannot be reached at the moment.', 'Try again much later.'],
  30008: ['The message was not delivered, and nobody said why.', ONCE_MORE],
  30036: ['The message was not sent in time and was given up.', 'Write it again if it still matters.'],
  63011: ['WhatsApp could not process this message.', ONCE_MORE],
  63019: ['WhatsApp could not fetch the attached file.', 'Check that the file can be reached from outside, then try again.'],
  63023: ['WhatsApp refused the message without a clear reason.', ONCE_MORE],
  63037: ['The attached file could not be handed to WhatsApp.', ONCE_MORE],
  // template
  63016: [LIMIT_TEXT, 'Send an approved template, or wait until the customer writes again.'],
  // recipient
  21211: ['The recipient’s address is not valid.', WRONG_NUMBER],
  21604: ['The message had no recipient.', 'Choose whom it goes to.'],
  21608: [
    'A trial account may only write to numbers verified with Twilio.',
    'Have the number verified, or the account upgraded.',
  ],
  21610: ['The customer asked not to get messages from this sender.', 'Do not write again until the customer sends START.'],
  21612: ['This customer cannot be reached from this sender.', WRONG_NUMBER],
  21614: ['The recipient’s number is not a mobile number.', WRONG_NUMBER],
  30004: ['The message was blocked on its way to the customer.', STOP],
  30005: ['The recipient’s number is unknown or no longer in use.', WRONG_NUMBER],
  30006: ['The recipient’s number is a landline or cannot be reached.', WRONG_NUMBER],
  63003: ['This number is not on WhatsApp, or not active there.', WRONG_NUMBER],
  63014: ['The customer has blocked this sender or withdrawn consent.', STOP],
  63015: [
    'The customer has not joined the WhatsApp sandbox, or the three days are over.',
    'The customer must send the sandbox’s join words again.',
  ],
  63024: [
    'The customer cannot receive this on WhatsApp: no account, old app, or terms not accepted.',
    'Use another way to reach the customer.',
  ],
  63031: ['Sender and recipient are the same number.', WRONG_NUMBER],
  63032: [
    'WhatsApp is holding messages back from this customer as part of a trial of its own.',
    'Use another way to reach the customer.',
  ],
  63033: ['The customer does not want this kind of message.', STOP],
  // account
  14107: ['Answers were sent too fast.', ADMIN],
  20003: ['Twilio does not accept the account’s credentials.', ADMIN],
  20005: ['The Twilio account is not active.', ADMIN],
  20008: ['Test credentials cannot send messages.', ADMIN],
  20404: ['Twilio does not find what was asked for: wrong account, id or region.', ADMIN],
  21212: ['The sender’s address is not valid.', ADMIN],
  21603: ['The message had no sender.', ADMIN],
  21606: ['The sender is no WhatsApp number of this Twilio account.', ADMIN],
  21609: ['Twilio cannot use the address for delivery reports: it must be public, without "localhost" or an underscore.', ADMIN],
  21701: ['The Messaging Service does not exist.', ADMIN],
  21703: ['The Messaging Service has no sender that can send this.', ADMIN],
  21704: ['The Messaging Service has no senders.', ADMIN],
  30002: ['The Twilio account is suspended.', ADMIN],
  63001: ['WhatsApp does not accept the sender’s credentials.', ADMIN],
  63002: ['WhatsApp does not know the sender.', ADMIN],
  63007: ['Twilio finds no WhatsApp sender with this number in the account.', ADMIN],
  63008: ['The WhatsApp sender is not set up correctly.', ADMIN],
  63020: ['The business account has an open invitation at Meta.', ADMIN],
  63022: ['The sender’s display name is not certified.', ADMIN],
  63038: ['The Twilio account has reached its number of messages for today.', 'Try again tomorrow, and tell your administrator.'],
  63051: ['The WhatsApp sender or business account is locked.', ADMIN],
  63062: ['Meta’s terms for marketing messages have not been accepted.', ADMIN],
  63112: ['Meta has disabled the business account, or its verification is pending.', ADMIN],
  // content
  14103: ['The text of the answer was not valid.', ADMIN],
  20422: ['Twilio refused a part of the request.', ADMIN],
  21602: ['The message had no text.', 'Write something and send it again.'],
  21617: ['The message is longer than 1600 characters.', 'Shorten it, or send it in parts.'],
  21619: ['Twilio could not create the message.', 'Check what it holds.'],
  21620: ['The attached file’s address is not valid.', 'Attach the file again.'],
  21623: ['Too many files are attached.', 'Send one file a message.'],
  21654: ['Values for a template were given, but no template.', ADMIN],
  21655: ['Twilio does not know this template in the account.', FIX_TEMPLATE],
  21656: ['The template’s values are not acceptable.', 'Fill in every value and send it again.'],
  21658: ['A part of the message is longer than 1600 characters.', 'Shorten it.'],
  30007: ['The message was filtered out by Twilio or the carrier.', 'Write it in other words.'],
  63005: ['WhatsApp refused what the message holds.', 'Write it in another way.'],
  63006: ['The message could not be put into WhatsApp’s form.', 'Write it in another way.'],
  63013: [
    'The message breaks WhatsApp’s rules, or a template’s value is empty or badly spaced.',
    'Change the text or the values.',
  ],
  63021: ['WhatsApp cannot send what the message holds.', 'Write it in another way.'],
  63025: ['WhatsApp has this file already.', 'Nothing needs to be done, or attach another file.'],
  63026: ['WhatsApp took the message for spam.', 'Do not send it again; tell your administrator.'],
  63027: ['The template does not exist in this language.', FIX_TEMPLATE],
  63028: ['The number of values does not fit the template.', 'Fill in every value and send it again.'],
  63030: ['The message uses something that WhatsApp does not support.', ADMIN],
  63034: ['The attached file is too large for WhatsApp.', 'Send a smaller file.'],
  63040: ['WhatsApp rejected the template.', FIX_TEMPLATE],
  63041: ['WhatsApp has paused the template after bad feedback.', FIX_TEMPLATE],
  63042: ['WhatsApp has disabled the template.', FIX_TEMPLATE],
  63049: ['Meta chose not to deliver this marketing message.', 'Do not send it again; use a service template or another way.'],
  92002: ['The template has more than 100 values.', FIX_TEMPLATE],
  92007: ['A template’s value is empty or has a line break.', 'Correct the value and send it again.'],
  // permission
  21408: ['The Twilio account may not send to this country.', ADMIN],
  // webhook
  11200: ['Twilio got an error or no usable answer from Node-RED.', ADMIN],
  11205: ['Twilio could not connect to Node-RED in time.', ADMIN],
  11210: ['Twilio cannot find the host of the webhook address.', ADMIN],
  11215: ['The webhook address redirects too often.', ADMIN],
  11220: ['The secure connection to the webhook address failed.', ADMIN],
  11237: ['Twilio does not trust the certificate of the webhook address.', ADMIN],
  11750: ['The answer to Twilio was too large.', ADMIN],
  12100: ['The answer to Twilio was not well-formed.', ADMIN],
  12300: ['The answer to Twilio had the wrong content type.', ADMIN],
  57012: ['The signature of a webhook did not match.', ADMIN],
};
