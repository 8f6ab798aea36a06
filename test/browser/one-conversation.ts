import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Demo, exampleFlow, SUPERVISOR } from '../support/demo.ts';
import { acceptAlert, signInAtDesk, writeOnPhone } from './steps.ts';
import { launchBrowser, Person } from './support.ts';

/** An agent at the desk and a customer with a phone, in a conversation that the agent has accepted. */
export class OneConversation {
  readonly demo: Demo;
  readonly agent: Person;
  readonly customer: Person;
  readonly desk: Page;
  readonly phone: Page;
  readonly #browser: Browser;

  private constructor(browser: Browser, demo: Demo, sides: Pick<OneConversation, 'agent' | 'customer' | 'desk' | 'phone'>) {
    this.#browser = browser;
    this.demo = demo;
    this.agent = sides.agent;
    this.customer = sides.customer;
    this.desk = sides.desk;
    this.phone = sides.phone;
  }

  /**
   * @param name one of the phone's customers
   * @param look of the agent's browser
   */
  static async begin(name: string, text: string, look: BrowserContextOptions = {}): Promise<OneConversation> {
    const browser = await launchBrowser();
    let demo: Demo | undefined;
    try {
      demo = await Demo.start(exampleFlow('01 Answer by an agent'));
      const agent = await Person.arrive(browser, look);
      const customer = await Person.arrive(browser);
      const desk = await agent.open(demo.desk);
      await signInAtDesk(desk, SUPERVISOR.username, SUPERVISOR.password);
      const phone = await customer.open(demo.phone);
      await writeOnPhone(phone, name, text);
      await acceptAlert(desk, name);
      return new OneConversation(browser, demo, { agent, customer, desk, phone });
    } catch (error) {
      await browser.close();
      await demo?.dispose();
      throw error;
    }
  }

  /** What either browser complained about. */
  get complaints(): string[] {
    return [...this.agent.complaints, ...this.customer.complaints];
  }

  async end(): Promise<void> {
    await this.#browser.close();
    await this.demo.dispose();
  }
}
