import { expect } from 'chai';
import type { MessageView } from '../../../../lib/center/views.ts';
import type { TemplateCatalogue } from '../../../../lib/domain/template.ts';
import { DeskError } from '../../../../desk/web/api/desk-error.ts';
import { heldTogether } from '../../../../desk/web/conversation/held/held.ts';
import { createSending } from '../../../../desk/web/live/sending.ts';
import type { DeskApi } from '../../../../desk/web/api/client.ts';
import { fakeApi, message, settle } from '../support.ts';

function setUp(answers: Partial<DeskApi>) {
  const machine = { now: 1000 };
  const stored: MessageView[] = [];
  const sending = createSending(fakeApi(answers), {
    after: (view) => view,
    stored: (_, view) => stored.push(view),
    now: () => machine.now,
  });
  return { sending, machine, stored };
}

const catalogue = (ageMs = 0): TemplateCatalogue => ({ templates: [], ageMs, problem: null });

describe('the templates that the page keeps', () => {
  it('stay in sight while they are asked for again and when that fails', async () => {
    let answer: Promise<TemplateCatalogue> = Promise.resolve(catalogue(5000));
    const asked: boolean[] = [];
    const { sending, machine } = setUp({
      templates: (_, fresh) => {
        asked.push(fresh);
        return answer;
      },
    });
    const shelf = sending.shelf('account');
    const first = sending.loadTemplates('account');
    expect([shelf.loading, shelf.catalogue]).to.deep.equal([true, null]);
    await first;
    machine.now += 60_000;
    expect([shelf.loading, shelf.catalogue?.ageMs, sending.age(shelf)]).to.deep.equal([false, 5000, 60_000]);
    answer = Promise.reject(new DeskError(502, 'TWILIO_UNREACHABLE', 'Twilio cannot be asked.'));
    await sending.loadTemplates('account', true);
    expect([shelf.catalogue?.ageMs, shelf.problem?.code]).to.deep.equal([5000, 'TWILIO_UNREACHABLE']);
    expect(asked).to.deep.equal([false, true]);
    expect(sending.shelf('account')).to.equal(shelf);
    sending.clear();
    expect(sending.shelf('account').catalogue).to.equal(null);
  });

  it('are asked for once at a time', async () => {
    let asked = 0;
    const { sending } = setUp({
      templates: () => {
        asked += 1;
        return Promise.resolve(catalogue());
      },
    });
    await Promise.all([sending.loadTemplates('account'), sending.loadTemplates('account', true)]);
    expect(asked).to.equal(1);
  });
});

describe('that the agent is typing', () => {
  it('is told every 20 seconds at most for a conversation, and its failing is nobody’s matter', async () => {
    const told: string[] = [];
    const { sending, machine } = setUp({
      typing: (id) => {
        told.push(id);
        return Promise.reject(new DeskError(403, 'NOT_YOUR_CONVERSATION', 'No.'));
      },
    });
    for (let key = 0; key < 10; key += 1) sending.typed('c1');
    sending.typed('c2');
    machine.now += 20_000;
    sending.typed('c1');
    machine.now += 1000;
    sending.typed('c1');
    await settle();
    expect(told).to.deep.equal(['c1', 'c2', 'c1']);
  });
});

describe('a held answer', () => {
  const held = (seq: number, id: string) => message(seq, { id, direction: 'outbound', status: 'held', text: `part ${seq}` });

  it('is taken back with all its parts, in their order', async () => {
    const parts = [held(1, 'm'), held(2, 'm.2'), held(3, 'm.10'), held(4, 'n')];
    const together = heldTogether(parts.toReversed(), 'm.2');
    expect(together.map(({ id }) => id)).to.deep.equal(['m', 'm.2', 'm.10']);
    const canceled: string[] = [];
    const { sending, stored } = setUp({
      cancelHeld: (id) => {
        canceled.push(id);
        return Promise.resolve(message(1, { id, direction: 'outbound', status: 'canceled' }));
      },
    });
    expect(await sending.takeBack(together)).to.equal('part 1\npart 2\npart 3');
    expect([canceled, stored.map(({ id }) => id)]).to.deep.equal([
      ['m', 'm.2', 'm.10'],
      ['m', 'm.2', 'm.10'],
    ]);
  });

  it('has no part in what was sent or is somebody else’s', () => {
    const sent = message(2, { id: 'm.2', direction: 'outbound', status: 'pending' });
    expect(heldTogether([held(1, 'm'), sent, held(3, 'mm'), held(4, 'm.x')], 'm').map(({ id }) => id)).to.deep.equal(['m']);
  });
});
