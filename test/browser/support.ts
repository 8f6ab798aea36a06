import { mkdirSync } from 'node:fs';
import path from 'node:path';
import chromium, { inflate, setupLambdaEnvironment } from '@sparticuz/chromium';
import {
  chromium as playwright,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { packageRoot } from '../../scripts/paths.ts';

/** What the package's browser comes with is meant for one page on a small machine: two pages need processes of their own. */
const UNWANTED = ['--single-process', '--disable-web-security', '--allow-running-insecure-content'];
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--no-sandbox',
  '--disable-gpu',
  // A microphone that hums, and nobody who could be asked whether a page may use it.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

const artifacts = path.join(packageRoot, 'test', '.artifacts');

/** Starts the browser that comes with the installation. */
export async function launchBrowser(): Promise<Browser> {
  chromium.setGraphicsMode = false;
  const executablePath = await chromium.executablePath();
  const args = [...chromium.args.filter((argument) => !UNWANTED.includes(argument)), ...QUIET];
  const launch = (): Promise<Browser> => playwright.launch({ executablePath, headless: true, args });
  try {
    return await launch();
  } catch (error) {
    // A bare system lacks the few libraries that a desktop has; the package brings them along, packed.
    if (!(error as Error).message.includes('shared libraries')) throw error;
    const libraries = await inflate(path.join(packageRoot, 'node_modules', '@sparticuz', 'chromium', 'bin', 'al2023.tar.br'));
    setupLambdaEnvironment(path.join(libraries, 'lib'));
    return launch();
  }
}

/** Pages of one person, who sees what that person would see, and whatever the pages complain about. */
export class Person {
  readonly context: BrowserContext;
  /** Errors in the console, uncaught exceptions and violations of the content security policy. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext) {
    this.context = context;
    context.on('weberror', (thrown) => this.complaints.push(String(thrown.error())));
    context.on('console', (message) => {
      // A refused request is shown in the console as well; what the page makes of it is what counts.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.complaints.push(message.text());
    });
  }

  static async arrive(browser: Browser, options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-US',
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(15_000);
    return new Person(context);
  }

  async open(url: string): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(url);
    return page;
  }
}

/** Keeps a picture of a screen in `test/.artifacts/`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(artifacts, { recursive: true });
  await page.screenshot({ path: path.join(artifacts, `${name}.png`) });
}
