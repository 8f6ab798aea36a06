import { expect } from 'chai';
import { Pace, Paces, type Turn } from '../../../lib/twilio/pace.ts';
import { turn } from '../../support/turns.ts';

/** Lets everything that is due happen. */
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) await turn();
}

describe('the pace of a sender', () => {
  it('lets urgent calls go first and keeps the order of each kind', async () => {
    const pace = new Pace({ rate: 3 });
    const order: string[] = [];
    const take = (name: string, urgent: boolean, again = false) =>
      pace.turn({ urgent, again }).then((turn) => {
        order.push(name);
        return turn;
      });
    const first = (await pace.turn({ urgent: true }))!;
    const all = [
      take('bulk 1', false),
      take('bulk 2', false),
      take('reply 1', true),
      take('reply 2', true),
      take('again', true, true),
    ];
    pace.ended(first, 'taken');
    await Promise.all(all);
    expect(order).to.deep.equal(['again', 'reply 1', 'reply 2', 'bulk 1', 'bulk 2']);
  });

  it('pauses as a whole when Twilio has too much to do, and then tries one call at a time', async () => {
    let now = 0;
    const pace = new Pace({ rate: 1000, now: () => now, random: () => 0.5 });
    const granted: Turn[] = [];
    const ask = (): void => void pace.turn({ urgent: true }).then((turn) => granted.push(turn!));
    const under = [(await pace.turn({ urgent: true }))!, (await pace.turn({ urgent: true }))!];
    expect(under.map(({ probe }) => probe)).to.deep.equal([false, false]);
    // Two calls that were under way together count once: the pause is that of the first time.
    for (const turn of under) pace.ended(turn, 'busy');
    ask();
    ask();
    await settle();
    expect(granted).to.have.length(0);
    now = 499;
    pace.ended({ ...under[0]!, probe: false }, 'busy');
    await settle();
    expect(granted).to.have.length(0);
    now = 500;
    await untilGranted(granted, 1);
    expect(granted.map(({ probe }) => probe)).to.deep.equal([true]);
    // Still too much: twice as long.
    pace.ended(granted[0]!, 'busy');
    now = 1499;
    await settle();
    expect(granted).to.have.length(1);
    now = 1500;
    await untilGranted(granted, 2);
    // It is over: whoever waits goes on.
    pace.ended(granted[1]!, 'taken');
    now = 1600;
    ask();
    await untilGranted(granted, 3);
    expect(granted[2]!.probe).to.equal(false);
  });

  it('sends everybody away who waits when Twilio is lost, and goes on afterwards', async () => {
    const paces = new Paces();
    const pace = paces.of('whatsapp:+15550000001', 1000);
    const first = (await pace.turn({ urgent: true }))!;
    pace.ended(first, 'busy');
    const waiting = [pace.turn({ urgent: true }), pace.turn({ urgent: false })];
    paces.sendAway();
    expect(await Promise.all(waiting)).to.deep.equal([null, null]);
    expect((await pace.turn({ urgent: true }))!.probe).to.equal(true);
  });

  it('is one for each sender, whoever asks', () => {
    const paces = new Paces();
    expect(paces.of('whatsapp:+15550000001', 80)).to.equal(paces.of('whatsapp:+15550000001', 80));
    expect(paces.of('whatsapp:+15550000001', 80)).to.not.equal(paces.of('whatsapp:+15550000002', 80));
    expect(paces.of('whatsapp:+15550000001', 80)).to.not.equal(paces.of('whatsapp:+15550000001', 40));
  });

  async function untilGranted(granted: Turn[], count: number): Promise<void> {
    while (granted.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  }
});
