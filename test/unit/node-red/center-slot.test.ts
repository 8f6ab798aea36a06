import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import type { Center } from '../../../lib/center/center.ts';
import type { HandedMessage } from '../../../lib/center/contract.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import { CenterSlot } from '../../../lib/node-red/centers/center-slot.ts';
import { Feeder } from '../../../lib/node-red/feeding/feeder.ts';
import { codeOf } from '../../support/center.ts';

const ACCOUNT = 'account';

describe('a store and who is fed from it', () => {
  let folder: string;
  let slot: CenterSlot;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'center-slot-'));
    slot = new CenterSlot({ file: path.join(folder, 'center.sqlite'), sessionHours: 24, closingMinutes: 60 });
  });

  afterEach(async () => {
    await slot.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A customer's message that waits for a flow. */
  async function receive(center: Center): Promise<string> {
    const id = `SM${'1'.repeat(32)}`;
    await center.run('receive', {
      accountId: ACCOUNT,
      routed: true,
      message: {
        id,
        sid: id,
        direction: 'inbound',
        type: 'text',
        text: 'Hello',
        from: 'whatsapp:+15551230001',
        to: 'whatsapp:+15550100000',
        author: { kind: 'customer' },
        status: 'received',
        timestamp: new Date(center.now()).toISOString(),
      },
    });
    return id;
  }

  it('a take whose failure was reported and that is in the file nevertheless is handed over again', async () => {
    const center = await slot.center();
    const id = await receive(center);

    const errors: unknown[] = [];
    let got: (handed: HandedMessage) => void;
    const delivered = new Promise<HandedMessage>((resolve) => (got = resolve));
    const feeder = new Feeder({
      take: async (limit) => {
        const taken = await center.run('takeInbound', { accountIds: [ACCOUNT], instance: center.instance, limit });
        if (errors.length === 0) throw new Error('The last sync failed.');
        return taken;
      },
      deliver: (handed) => got(handed),
      onError: (error) => void errors.push(error),
    });
    slot.addFeeder(feeder);
    await slot.startFeeding();

    const { message, redelivered } = await delivered;
    expect([message.id, redelivered, errors.length]).to.deep.equal([id, true, 1]);
    expect(feeder.inDoubt).to.equal(false);
    await slot.removeFeeder(feeder);
  });

  it('flows that started while the store took nothing are fed when it takes something again', async () => {
    const center = await slot.center();
    const id = await receive(center);
    const run = center.run.bind(center);
    let troubles = 0;
    center.run = async (name, args) => {
      if (name !== 'reclaimHandovers' || troubles > 0) return run(name, args);
      troubles++;
      throw new CenterError('STORE_UNAVAILABLE', 'The disk is full.');
    };
    let got: (handed: HandedMessage) => void;
    const delivered = new Promise<HandedMessage>((resolve) => (got = resolve));
    const feeder = new Feeder({
      take: (limit) => center.run('takeInbound', { accountIds: [ACCOUNT], instance: center.instance, limit }),
      deliver: (handed) => got(handed),
      onError: (error) => {
        throw error;
      },
    });
    slot.addFeeder(feeder);
    expect(await codeOf(slot.startFeeding())).to.equal('STORE_UNAVAILABLE');
    expect((await delivered).message.id).to.equal(id);
    await slot.removeFeeder(feeder);
  });
});
