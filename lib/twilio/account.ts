/** What sending and receiving need to know of a WhatsApp sender at Twilio. Secrets stay in this object. */
export interface Account {
  /** The config node's id. */
  id: string;
  name: string;
  mode: 'twilio' | 'simulator';
  accountSid: string;
  /** `whatsapp:+1…`; empty when a Messaging Service chooses it. */
  sender: string;
  messagingServiceSid: string;
  /** Where `httpNodeRoot` is reached from outside, without a slash at the end; what Twilio signs begins with it. */
  publicUrl: string;
  /** "/whatsapp" */
  path: string;
  edge: string;
  region: string;
  /** A stand-in for Twilio's API; empty for Twilio itself. */
  apiBaseUrl: string;
  /** The primary auth token and, during a rotation, the secondary. */
  authTokens: string[];
  /** Signs API calls instead of the auth token when set. */
  apiKey: { sid: string; secret: string } | null;
  /** Messages a second that one sender may send; 80 unless said otherwise. */
  rate?: number;
  /** False: customers are not shown that an agent writes, which also marks their message as read. */
  typing?: boolean;
}
