/**
 * `npm run screenshots`: takes the pictures of README and docs anew, from the examples as they really run.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser, Person } from '../test/browser/support.ts';
import {
  acceptAlert,
  alertFrom,
  answerBubble,
  goToPage,
  signInAtDesk,
  writeAnswer,
  writeOnPhone,
} from '../test/browser/steps.ts';
import { Demo, exampleFlow, SUPERVISOR, type FlowNode } from '../test/support/demo.ts';
import { PhoneClient } from '../test/support/phone-client.ts';
import { build } from './build.ts';
import { packageRoot } from './paths.ts';

const LUCIA = '+15550100101';
const NOAH = '+15550100102';

const images = path.join(packageRoot, 'docs', 'images');
const picture = (name: string): string => path.join(images, `${name}.png`);

/** The canvas alone, closely around the first example. */
async function photographFlow(browser: Browser): Promise<void> {
  const demo = await Demo.start(exampleFlow('01 Answer by an agent'));
  try {
    const person = await Person.arrive(browser, { viewport: { width: 1800, height: 700 } });
    const editor = await person.open(demo.editor);
    await editor.locator('.red-ui-flow-node').first().waitFor();
    await editor.evaluate('RED.actions.invoke("core:toggle-sidebar", false)');
    const boxes = await Promise.all(
      (await editor.locator('.red-ui-flow-group, .red-ui-flow-node').all()).map((part) => part.boundingBox()),
    );
    const parts = boxes.filter((box) => box !== null);
    const left = Math.min(...parts.map((box) => box.x)) - 16;
    const top = Math.min(...parts.map((box) => box.y)) - 20;
    const right = Math.max(...parts.map((box) => box.x + box.width)) + 16;
    const bottom = Math.max(...parts.map((box) => box.y + box.height)) + 16;
    await editor.screenshot({ path: picture('flow'), clip: { x: left, y: top, width: right - left, height: bottom - top } });
  } finally {
    await demo.dispose();
  }
}

/** Both sides of a conversation, and what supervisors see, with the customers looked up as in example 05. */
async function photographPeople(browser: Browser): Promise<void> {
  const demo = await Demo.start((url) => identifyingFlow(url));
  try {
    const person = await Person.arrive(browser);
    const client = new PhoneClient(demo.phone);
    const desk = await person.open(demo.desk);
    await signInAtDesk(desk, SUPERVISOR.username, SUPERVISOR.password);
    const phone = await person.open(demo.phone);

    await writeOnPhone(phone, 'Lucía Pereira', 'Hi! My parcel went to my old flat again 😕');
    await desk.bringToFront();
    await acceptAlert(desk, 'Lucía Pereira');
    await writeAnswer(desk, 'Hi Lucía, sorry about that. I can see order 48213, it is still at the depot.');
    await client.receives(LUCIA, 'at the depot');
    await client.write(LUCIA, 'Can I still change the address?');
    await desk.getByRole('log').getByText('Can I still change the address?').waitFor();
    await writeAnswer(desk, 'Yes, until 14:00 today. Could you send me the new postcode?');
    await client.receives(LUCIA, 'postcode');
    await answerBubble(desk, 'postcode')
      .getByRole('img', { name: /^(Delivered|Read)$/ })
      .waitFor();
    await client.write(NOAH, 'My invoice shows the wrong VAT number, can you fix it before Friday?');
    await alertFrom(desk, 'Noah Lindqvist').waitFor();
    await desk.screenshot({ path: picture('desk') });
    await phone.bringToFront();
    await phone.screenshot({ path: picture('phone'), clip: { x: 160, y: 0, width: 1120, height: 900 } });

    await desk.bringToFront();
    await client.send(LUCIA, { kind: 'image', text: 'This is the label' });
    await desk.getByRole('log').getByText('This is the label').waitFor();
    await acceptAlert(desk, 'Noah Lindqvist');
    await desk
      .getByRole('link', { name: /Lucía Pereira/ })
      .first()
      .click();
    await shownPicture(desk).waitFor();
    await desk.screenshot({ path: picture('conversation') });

    await client.write('+15550100103', 'Are you open on Saturday?');
    await client.write('+15550100177', 'Hello, I would like to change my order.');
    await goToPage(desk, 'Supervise');
    await desk.getByRole('table').getByText('change my order').waitFor();
    await desk.screenshot({ path: picture('supervise') });
    await goToPage(desk, 'Team');
    await desk.getByRole('link', { name: 'Queues' }).click();
    await desk.getByRole('heading', { name: 'Business hours' }).waitFor();
    await desk.screenshot({ path: picture('queue') });

    await client.skipHours(24);
    await desk.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await goToPage(desk, 'Sessions');
    await desk
      .getByRole('link', { name: /Lucía Pereira/ })
      .first()
      .click();
    await desk.getByRole('button', { name: 'Choose a template' }).waitFor();
    await desk.screenshot({ path: picture('window-closed') });
  } finally {
    await demo.dispose();
  }
}

/** A picture in the thread, once it is there to be seen. */
function shownPicture(desk: Page): Locator {
  return desk
    .getByRole('log')
    .getByRole('button', { name: /large$/ })
    .first();
}

function identifyingFlow(url: string): FlowNode[] {
  const env = [{ name: 'CRM_URL', value: `${url}/example-crm/customers`, type: 'str' }];
  return exampleFlow('05 Identify the customer').map((node) => (node.type === 'tab' ? { ...node, env } : node));
}

async function main(): Promise<void> {
  await build();
  mkdirSync(images, { recursive: true });
  const browser = await launchBrowser();
  try {
    await photographFlow(browser);
    await photographPeople(browser);
  } finally {
    await browser.close();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
