import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { until } from '../../scripts/node-red-process.ts';
import type { PhoneClient } from '../support/phone-client.ts';
import { Scene } from './scene.ts';
import { acceptAlert, answerBubble, writeAnswer } from './steps.ts';
import { keepPicture } from './support.ts';

const CUSTOMER = 'Lucía Pereira';
const ADDRESS = '+15550100101';

/** What an agent does when an answer does not get through; each step goes on from the one before. */
describe('a message fails, and is sent again', () => {
  let scene: Scene;
  let desk: Page;
  let client: PhoneClient;

  before(async () => {
    scene = await Scene.open();
    client = scene.customers;
    desk = await scene.signIn();
    await client.write(ADDRESS, 'Where is my parcel?');
    await acceptAlert(desk, CUSTOMER);
  });

  after(() => scene?.close());

  const delivered = (bubble: Locator): Promise<void> => bubble.getByRole('img', { name: /^(Delivered|Read)$/ }).waitFor();

  it('the bubble says why and what to do, and Retry sends it again', async () => {
    await client.fault('callback-failed', null);
    await writeAnswer(desk, 'It comes tomorrow.');
    const first = answerBubble(desk, 'It comes tomorrow.').first();
    await first.getByText('Not sent', { exact: true }).waitFor();
    await first.getByText('WhatsApp had an internal fault and did not deliver this message.').waitFor();
    await keepPicture(desk, 'desk-failed');
    await client.fault('callback-failed', 0);
    await first.getByRole('button', { name: 'Retry' }).click();
    const again = answerBubble(desk, 'It comes tomorrow.').nth(1);
    await again.getByRole('button', { name: 'Sent again' }).waitFor();
    await delivered(again);
    await first.getByRole('button', { name: 'Sent again, see below' }).waitFor();
    expect(await first.getByRole('button', { name: 'Retry' }).count()).to.equal(0);
    await keepPicture(desk, 'desk-sent-again');
    await client.receives(ADDRESS, 'It comes tomorrow.');
    expect(await client.received(ADDRESS)).to.have.length(1);
  });

  it('of one whose fate nobody knows the agent says that it arrived, or sends it again', async () => {
    await client.fault('api-500', null);
    await writeAnswer(desk, 'Before noon.');
    const first = answerBubble(desk, 'Before noon.').first();
    await first.getByText('Not known whether it arrived').waitFor();
    await keepPicture(desk, 'desk-unknown');
    await writeAnswer(desk, 'At eleven.');
    const second = answerBubble(desk, 'At eleven.').first();
    await second.getByText('Not known whether it arrived').waitFor();
    await client.fault('api-500', 0);
    await first.getByRole('button', { name: 'It arrived' }).click();
    await first.getByText('Not known whether it arrived').waitFor({ state: 'detached' });
    await second.getByRole('button', { name: 'Retry' }).click();
    await delivered(answerBubble(desk, 'At eleven.').nth(1));
  });

  it('what came too late waits for the customer, and can then be sent again', async () => {
    await client.skipHours(25);
    await writeAnswer(desk, 'Has it come?');
    const bubble = answerBubble(desk, 'Has it come?').first();
    await bubble.getByText('It can be sent again as soon as the customer writes.').waitFor();
    expect(await bubble.getByRole('button', { name: 'Retry' }).count()).to.equal(0);
    await client.write(ADDRESS, 'Still waiting');
    await bubble.getByRole('button', { name: 'Retry' }).click();
    await delivered(answerBubble(desk, 'Has it come?').nth(1));
    await until('the phone has it', async () => (await client.received(ADDRESS)).some(({ text }) => text === 'Has it come?'));
  });

  it('the page did not complain', () => {
    expect(scene.complaints).to.deep.equal([]);
  });
});
