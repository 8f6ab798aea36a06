import type { CustomerKind, Fault, FileKind, PhoneCustomer, PhoneInput } from '../../phone-contract.ts';

/** The simulator refused, or could not be reached; the message is for the person at the page. */
export class ActionFailed extends Error {}

async function post<Answer>(name: string, fields: unknown): Promise<Answer> {
  const response = await fetch(`api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  }).catch(() => null);
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
export async function uploadFile(file: File): Promise<{ id: string; kind: FileKind }> {
  const response = await fetch(`api/files?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    headers: { 'content-type': file.type || 'application/octet-stream' },
    body: file,
  }).catch(() => null);
  if (response === null) throw new ActionFailed('');
  const answer = (await response.json().catch(() => ({}))) as { id: string; kind: FileKind; error?: { message: string } };
  if (!response.ok) throw new ActionFailed(answer.error?.message ?? '');
  return answer;
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
