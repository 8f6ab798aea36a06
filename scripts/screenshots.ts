/**
 * `npm run screenshots`: takes the pictures of the README anew, from the first example as it really runs.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser, Person } from '../test/browser/support.ts';
import { acceptAlert, signInAtDesk, writeAnswer, writeOnPhone } from '../test/browser/steps.ts';
import { Demo, exampleFlow, SUPERVISOR } from '../test/support/demo.ts';
import { PhoneClient } from '../test/support/phone-client.ts';
import { build } from './build.ts';
import { packageRoot } from './paths.ts';

const images = path.join(packageRoot, 'docs', 'images');
const picture = (name: string): string => path.join(images, `${name}.png`);

/** The canvas alone, with the flow in its middle. */
async function photographFlow(editor: Page): Promise<void> {
  await editor.locator('.red-ui-flow-node').first().waitFor();
  await editor.evaluate('RED.actions.invoke("core:toggle-sidebar", false)');
  await editor.keyboard.press('Escape');
  const canvas = editor.locator('#red-ui-workspace-chart');
  await canvas.waitFor();
  await editor.screenshot({ path: picture('flow') });
}

async function main(): Promise<void> {
  await build();
  mkdirSync(images, { recursive: true });
  const browser = await launchBrowser();
  const demo = await Demo.start(exampleFlow('01 Answer by an agent'));
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
    await client.receives('+15550100101', 'at the depot');
    await client.write('+15550100101', 'Can I still change the address?');
    await desk.getByText('Can I still change the address?').last().waitFor();
    await client.write('+15550100102', 'My invoice shows the wrong VAT number, can you fix it before Friday?');
    await desk.getByRole('article').filter({ hasText: 'Noah Lindqvist' }).waitFor();
    await desk.screenshot({ path: picture('desk') });
    await phone.bringToFront();
    await phone.screenshot({ path: picture('phone') });
    await photographFlow(await person.open(demo.editor));
  } finally {
    await browser.close();
    await demo.dispose();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
