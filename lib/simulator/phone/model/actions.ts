import type { CustomerKind, Fault, FileKind, PhoneCustomer, PhoneInput } from '../../phone-contract.ts';

/** The simulator refused, or could not be reached; the message is for the person at the page. */
export class ActionFailed extends Error {}

function post<Answer>(name: string, fields: unknown): Promise<Answer> {
  return send(name, 'application/json', JSON.stringify(fields));
}

async function send<Answer>(name: string, contentType: string, body: string | File): Promise<Answer> {
  const request = { method: 'POST', headers: { 'content-type': contentType }, body };
  const response = await fetch(`api/${name}`, request).catch(() => null);
  if (response === null) throw new ActionFailed('');
  const answer = (await response.json().catch(() => ({}))) as Answer & { error?: { message: string } };
  if (!response.ok) throw new ActionFailed(answer.error?.message ?? '');
  return answer;
}

/** Sends a message as this customer. @throws ActionFailed */
export function sendAs(address: string, input: PhoneInput): Promise<{ id: string }> {
  return post('send', { address, ...input });
}

/** Brings a file to the simulator, to be sent with its id. @throws ActionFailed */
export function uploadFile(file: File): Promise<{ id: string; kind: FileKind }> {
  return send(`files?name=${encodeURIComponent(file.name)}`, file.type || 'application/octet-stream', file);
}

/** The customer has the thread before their eyes. @throws ActionFailed */
export function readThread(address: string): Promise<unknown> {
  return post('read', { address });
}

/** @throws ActionFailed */
export function addCustomer(kind: CustomerKind, name: string): Promise<PhoneCustomer> {
  return post('customers', { kind, name });
}

/** Whether the business sees this customer's number. @throws ActionFailed */
export function hideNumber(address: string, hidden: boolean): Promise<PhoneCustomer> {
  return post('hide', { address, hidden });
}

/** @param byMs ms ahead. @throws ActionFailed */
export function skipClock(byMs: number): Promise<unknown> {
  return post('skip', { byMs });
}

/** @param times 0 is off, null until switched off. @throws ActionFailed */
export function setFault(fault: Fault, times: number | null): Promise<unknown> {
  return post('faults', { fault, times });
}
