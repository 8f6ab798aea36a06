import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { LIMIT_TEXT } from '../../lib/domain/session-window.ts';
import { until } from '../../scripts/node-red-process.ts';
import { exampleFlow, recordOutput, SUPERVISOR } from '../support/demo.ts';
import { Scene } from './scene.ts';
import {
  acceptAlert,
  alertFrom,
  answerBubble,
  customerBubble,
  phoneThread,
  pickCustomer,
  signInAtDesk,
  writeAnswer,
  writeOnPhone,
} from './steps.ts';
import { keepPicture } from './support.ts';

interface Stopped {
  payload: string;
  topic: string;
  error: { code: string; message: string };
}

/** Customer, agent and 24 hours, as they would see it; each step goes on from the one before. */
describe('the whole story in a browser', () => {
  let scene: Scene;
  let desk: Page;
  let phone: Page;

  before(async () => {
    scene = await Scene.open(recordOutput(exampleFlow('01 Answer by an agent'), 'session-guard', 1, '/stopped'));
  });

  after(() => scene?.close());

  it('the agent signs in', async () => {
    desk = await scene.arrive(scene.demo.desk);
    await desk.getByRole('heading', { name: 'Sign in' }).waitFor();
    await keepPicture(desk, 'desk-sign-in');
    await signInAtDesk(desk, SUPERVISOR.username, SUPERVISOR.password);
    await desk.getByText('Nobody is waiting').waitFor();
    await keepPicture(desk, 'desk-home-empty');
  });

  it('the customer writes, and the desk rings', async () => {
    phone = await scene.arrive(scene.demo.phone);
    await writeOnPhone(phone, 'Lucía Pereira', 'Where is my parcel?');
    const alert = alertFrom(desk, 'Lucía Pereira');
    await alert.getByText('Where is my parcel?').waitFor();
    await alert.getByRole('timer').waitFor();
    await keepPicture(desk, 'desk-incoming');
    await keepPicture(phone, 'phone-sent');
  });

  it('the agent accepts and answers, and the answer arrives with ticks', async () => {
    await acceptAlert(desk, 'Lucía Pereira');
    await keepPicture(desk, 'desk-accepted');
    await writeAnswer(desk, 'It arrives tomorrow.');
    await phoneThread(phone).getByText('It arrives tomorrow.').waitFor();
    await answerBubble(desk, 'It arrives tomorrow.')
      .getByRole('img', { name: /^(Delivered|Read)$/ })
      .waitFor();
    await keepPicture(desk, 'desk-delivered');
    await keepPicture(phone, 'phone-answered');
  });

  it('a restart in the middle changes nothing', async () => {
    await scene.demo.restart();
    await answerBubble(desk, 'It arrives tomorrow.').waitFor();
    await writeOnPhone(phone, 'Lucía Pereira', 'In the morning?');
    await customerBubble(desk, 'In the morning?').waitFor();
    await writeAnswer(desk, 'Before noon.');
    await phoneThread(phone).getByText('Before noon.').waitFor();
    expect(await phoneThread(phone).getByText('It arrives tomorrow.').count()).to.equal(1);
    await keepPicture(desk, 'desk-after-restart');
  });

  it('after 24 hours the answer is refused with the limit text, on the desk and on the second output of session-guard', async () => {
    await phone.getByRole('button', { name: 'Skip 24 hours' }).click();
    // At exactly 24 hours the window would still be open.
    await phone.getByRole('button', { name: 'Skip 1 hour' }).click();
    await desk.getByRole('alert').filter({ hasText: LIMIT_TEXT }).waitFor();
    await keepPicture(desk, 'desk-window-closed');
    await writeAnswer(desk, 'It was delivered to your neighbour.');
    const bubble = answerBubble(desk, 'It was delivered to your neighbour.');
    await bubble.getByText('Not sent').waitFor();
    expect(await bubble.textContent()).to.include(LIMIT_TEXT);
    await keepPicture(desk, 'desk-refused');
    const stopped = await until('the second output', async () => (await scene.demo.get<Stopped[]>('/stopped'))[0]);
    expect(stopped).to.deep.include({ payload: 'It was delivered to your neighbour.', topic: '+15550100101' });
    expect(stopped.error).to.deep.include({ code: 'SESSION_EXPIRED', message: LIMIT_TEXT });
    expect(await phoneThread(phone).getByText('to your neighbour').count()).to.equal(0);
    await keepPicture(phone, 'phone-window-closed');
  });

  it('the customer writes again, and the answer goes through', async () => {
    await writeOnPhone(phone, 'Lucía Pereira', 'And?');
    await customerBubble(desk, 'And?').waitFor();
    await desk.getByRole('alert').filter({ hasText: LIMIT_TEXT }).waitFor({ state: 'detached' });
    await writeAnswer(desk, 'Your neighbour has it.');
    await phoneThread(phone).getByText('Your neighbour has it.').waitFor();
    await answerBubble(desk, 'Your neighbour has it.')
      .getByRole('img', { name: /^(Delivered|Read)$/ })
      .waitFor();
    expect(await scene.demo.get<Stopped[]>('/stopped')).to.have.length(1);
    await keepPicture(desk, 'desk-open-again');
  });

  it('a customer who hides the number is answered like any other', async () => {
    await writeOnPhone(phone, 'quiet.river', 'Do you ship to Canada?');
    const alert = desk.getByRole('article', { name: /^Incoming conversation from/ });
    await alert.getByText('Do you ship to Canada?').waitFor();
    await keepPicture(desk, 'desk-incoming-visitor');
    await alert.getByRole('button', { name: 'Accept' }).click();
    await alert.waitFor({ state: 'detached' });
    await customerBubble(desk, 'Do you ship to Canada?').waitFor();
    await writeAnswer(desk, 'Yes, we do.');
    await pickCustomer(phone, 'quiet.river');
    await phoneThread(phone).getByText('Yes, we do.').waitFor();
  });

  it('neither page complained', () => {
    // While Node-RED was restarted, both pages rightly noticed that the connection had gone.
    const complaints = scene.complaints.filter((text) => !/net::ERR|EventSource|Failed to fetch/.test(text));
    expect(complaints).to.deep.equal([]);
  });
});
