import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Demo, exampleFlow, SUPERVISOR } from '../support/demo.ts';
import { PhoneClient } from '../support/phone-client.ts';
import { signInAtDesk } from './steps.ts';
import { launchBrowser, Person } from './support.ts';

/** A Node-RED with a flow, a browser, and everybody who has come into it. */
export class Scene {
  readonly demo: Demo;
  /** Customers without a page of their own. */
  readonly customers: PhoneClient;
  readonly #browser: Browser;
  readonly #people: Person[] = [];

  private constructor(browser: Browser, demo: Demo) {
    this.#browser = browser;
    this.demo = demo;
    this.customers = new PhoneClient(demo.phone);
  }

  /** The arguments are those of {@link Demo.start}; without any it is the first example. */
  static async open(
    ...[flows = exampleFlow('01 Answer by an agent'), options]: Partial<Parameters<typeof Demo.start>>
  ): Promise<Scene> {
    const browser = await launchBrowser();
    try {
      return new Scene(browser, await Demo.start(flows, options));
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Somebody with a browser of their own comes to a page. */
  async arrive(url: string, look: BrowserContextOptions = {}): Promise<Page> {
    const person = await Person.arrive(this.#browser, look);
    this.#people.push(person);
    return person.open(url);
  }

  /** Somebody comes to the desk and signs in: the supervisor, when nobody else is named. */
  async signIn(look: BrowserContextOptions = {}, { username, password } = SUPERVISOR): Promise<Page> {
    const desk = await this.arrive(this.demo.desk, look);
    await signInAtDesk(desk, username, password);
    return desk;
  }

  /** What everybody's browsers complained about. */
  get complaints(): string[] {
    return this.#people.flatMap(({ complaints }) => complaints);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.demo.dispose();
  }
}
