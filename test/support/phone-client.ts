import type { Fault, PhoneInput, PhoneMessage, PhoneState } from '../../lib/simulator/phone-contract.ts';
import { until } from '../../scripts/node-red-process.ts';

/** Plays customers through the simulator's API, as its phone page does. */
export class PhoneClient {
  readonly #api: string;

  /** @param simulator the phone page's address, with a slash at the end */
  constructor(simulator: string) {
    this.#api = `${simulator}api/`;
  }

  async state(): Promise<PhoneState> {
    const response = await fetch(`${this.#api}state`);
    if (response.status !== 200) throw new Error(`The phone answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as PhoneState;
  }

  /** @param customer without "whatsapp:" */
  async write(customer: string, text: string): Promise<void> {
    await this.send(customer, { kind: 'text', text });
  }

  async send(customer: string, input: PhoneInput): Promise<void> {
    await this.#post('send', { address: customer, ...input });
  }

  async skipHours(hours: number): Promise<void> {
    await this.#post('skip', { byMs: hours * 3_600_000 });
  }

  async fault(fault: Fault, times: number | null): Promise<void> {
    await this.#post('faults', { fault, times });
  }

  async thread(customer: string): Promise<PhoneMessage[]> {
    const { customers } = await this.state();
    return customers.find((candidate) => candidate.address === customer)?.messages ?? [];
  }

  /** What the business has sent to this customer. */
  async received(customer: string): Promise<PhoneMessage[]> {
    return (await this.thread(customer)).filter((message) => !message.mine);
  }

  /** Waits for a message from the business whose text contains `text`. */
  receives(customer: string, text: string): Promise<PhoneMessage> {
    return until(`${customer} gets "${text}"`, async () =>
      (await this.received(customer)).find((message) => message.text.includes(text)),
    );
  }

  async #post(name: string, body: unknown): Promise<void> {
    const response = await fetch(this.#api + name, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.status !== 200) throw new Error(`The phone answered ${response.status} to ${name}: ${await response.text()}`);
    await response.arrayBuffer();
  }
}
