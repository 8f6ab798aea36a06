import type { BrowserContextOptions, Page } from 'playwright-core';
import { Scene } from './scene.ts';
import { acceptAlert, writeOnPhone } from './steps.ts';

/** An agent at the desk and a customer with a phone, in a conversation that the agent has accepted. */
export class OneConversation {
  readonly desk: Page;
  readonly phone: Page;
  readonly #scene: Scene;

  private constructor(scene: Scene, desk: Page, phone: Page) {
    this.#scene = scene;
    this.desk = desk;
    this.phone = phone;
  }

  /**
   * @param name one of the phone's customers
   * @param look of the agent's browser
   */
  static async begin(name: string, text: string, look: BrowserContextOptions = {}): Promise<OneConversation> {
    const scene = await Scene.open();
    try {
      const desk = await scene.signIn(look);
      const phone = await scene.arrive(scene.demo.phone);
      await writeOnPhone(phone, name, text);
      await acceptAlert(desk, name);
      return new OneConversation(scene, desk, phone);
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  /** What either browser complained about. */
  get complaints(): string[] {
    return this.#scene.complaints;
  }

  async end(): Promise<void> {
    await this.#scene.close();
  }
}
