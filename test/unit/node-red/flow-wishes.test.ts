import { expect } from 'chai';
import fc from 'fast-check';
import type { Center } from '../../../lib/center/center.ts';
import { CenterError, isCenterError } from '../../../lib/domain/errors.ts';
import { offeringOf } from '../../../lib/node-red/centers/queue-offering.ts';
import { FLOW_COMMANDS, runFlowCommand } from '../../../lib/node-red/commands/flow-command.ts';
import { routingWishOf } from '../../../lib/node-red/commands/routing-wish.ts';

async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
  } catch (error) {
    return isCenterError(error) ? error.code : String(error);
  }
  return undefined;
}

describe('msg.routing', () => {
  it('is read, and nothing is no wish', () => {
    expect(routingWishOf(undefined)).to.equal(null);
    expect(routingWishOf(null)).to.equal(null);
    expect(routingWishOf({})).to.deep.equal({});
    expect(routingWishOf({ agent: 'ada', queue: 'Sales', skills: ['french'], priority: 3 })).to.deep.equal({
      agent: 'ada',
      queue: 'Sales',
      skills: ['french'],
      priority: 3,
    });
    expect(routingWishOf({ skills: 'french', agent: '', queue: null })).to.deep.equal({ skills: ['french'] });
  });

  it('is refused when it is of the wrong kind, whatever it is', async () => {
    const wrong = ['ada', 7, [], { agent: 7 }, { queue: ['Sales'] }, { skills: [1] }, { priority: '3' }, { priority: 1.5 }];
    for (const routing of wrong)
      expect(await codeOf(() => routingWishOf(routing)), JSON.stringify(routing)).to.equal('INVALID_REQUEST');
    fc.assert(
      fc.property(fc.anything(), (routing) => {
        try {
          routingWishOf(routing);
        } catch (error) {
          expect(error).to.include({ code: 'INVALID_REQUEST' });
        }
      }),
    );
  });
});

describe('msg.command', () => {
  /** A center that writes down what it is asked for. */
  function recorder(refusal?: CenterError): { center: Center; asked: [string, object][] } {
    const asked: [string, object][] = [];
    const run = (name: string, args: object): Promise<unknown> => {
      asked.push([name, args]);
      return refusal === undefined ? Promise.resolve(null) : Promise.reject(refusal);
    };
    return { center: { run } as unknown as Center, asked };
  }

  const run = async (command: unknown, onceId: string | null = null): Promise<[string, object][]> => {
    const { center, asked } = recorder();
    await runFlowCommand({ center, conversationId: 'c1', node: { id: 'n1', name: 'Front desk' }, onceId }, command);
    return asked;
  };
  const base = { conversationId: 'c1', by: { flow: { nodeId: 'n1', nodeName: 'Front desk' } } };

  const commands: [object, string, object][] = [
    [{ type: 'assign', agent: 'ada' }, 'assign', { ...base, toAgentId: 'ada' }],
    [{ type: 'transfer', agent: 'ada', note: 'Hello' }, 'transferToAgent', { ...base, toAgentId: 'ada', note: 'Hello' }],
    [{ type: 'transfer', queue: 'Sales' }, 'transferToQueue', { ...base, queueId: 'Sales', note: undefined }],
    [{ type: 'release', reason: 'lunch' }, 'release', { ...base, reason: 'lunch' }],
    [{ type: 'hand-back' }, 'handBack', { ...base, note: undefined }],
    [{ type: 'close' }, 'forceClose', { ...base, reason: undefined }],
    [{ type: 'wait' }, 'setAside', { ...base, reason: undefined }],
    [{ type: 'note', text: 'Big order' }, 'remark', { ...base, kind: 'note', text: 'Big order' }],
    [{ type: 'internal', text: 'Careful' }, 'remark', { ...base, kind: 'internal', text: 'Careful' }],
    [{ type: 'tag', tags: 'vip' }, 'setTags', { ...base, tags: ['vip'] }],
    [{ type: 'setAttributes', attributes: { order: 7 } }, 'setAttributes', { ...base, attributes: { order: 7 } }],
    [
      { type: 'message', text: 'Hello' },
      'sayFromFlow',
      { conversationId: 'c1', nodeId: 'n1', text: 'Hello', messageId: undefined },
    ],
  ];
  for (const [command, name, args] of commands) {
    it(`${JSON.stringify(command)} runs ${name}`, async () => expect(await run(command)).to.deep.equal([[name, args]]));
  }

  it('has a test for each', () => {
    expect(new Set(commands.map(([command]) => (command as { type: string }).type))).to.deep.equal(new Set(FLOW_COMMANDS));
  });

  it('is refused when there is no such command', async () => {
    for (const command of ['close', 7, [], {}, { type: 'delete' }, { type: 'toString' }, { type: ['close'] }]) {
      expect(await codeOf(() => run(command)), JSON.stringify(command)).to.equal('UNKNOWN_COMMAND');
    }
  });

  it('is refused when a field is missing or of the wrong kind', async () => {
    const wrong = [
      { type: 'assign' },
      { type: 'assign', agent: 7 },
      { type: 'transfer' },
      { type: 'transfer', queue: ' ' },
      { type: 'transfer', queue: 'Sales', note: 7 },
      { type: 'note' },
      { type: 'tag', tags: [7] },
      { type: 'setAttributes', attributes: ['order'] },
      { type: 'message', text: '' },
      { type: 'message', text: 'Hello', id: 7 },
      { type: 'close', reason: {} },
    ];
    for (const command of wrong) expect(await codeOf(() => run(command)), JSON.stringify(command)).to.equal('INVALID_REQUEST');
  });

  it('says once what it says for a message that is handed over again', async () => {
    const [[, args]] = (await run({ type: 'message', text: 'Hello' }, 'SM1-n1-0')) as [[string, object]];
    expect(args).to.include({ messageId: 'SM1-n1-0' });
    const { center } = recorder(new CenterError('ALREADY_SENT', 'Sent.'));
    const site = { center, conversationId: 'c1', node: { id: 'n1' }, onceId: 'SM1-n1-0' };
    expect(await codeOf(() => runFlowCommand(site, { type: 'message', text: 'Hello' }))).to.equal(undefined);
    expect(await codeOf(() => runFlowCommand(site, { type: 'message', text: 'Hello', id: 'mine' }))).to.equal('ALREADY_SENT');
  });
});

describe('how a queue offers', () => {
  it('has its usual values where nothing is given', () => {
    const usual = { offerSeconds: 120, strategy: 'all', keepAgent: false, wrapUp: 'block', waitingCloseHours: 72 };
    expect(offeringOf({})).to.deep.equal(usual);
    const nonsense = { offerSeconds: 'x', strategy: 'best', keepAgent: 'no', wrapUpSeconds: 'x', waitingCloseHours: '' };
    expect(offeringOf(nonsense)).to.deep.equal(usual);
  });

  it('is what the properties say, as numbers or as texts', () => {
    const given = { offerSeconds: 30, strategy: 'least-active', keepAgent: 'true', wrapUpSeconds: '90', waitingCloseHours: '1' };
    expect(offeringOf(given)).to.deep.equal({
      offerSeconds: 30,
      strategy: 'least-active',
      keepAgent: true,
      wrapUp: 90,
      waitingCloseHours: 1,
    });
    expect(['', '0', 0, '10', '5000'].map((wrapUpSeconds) => offeringOf({ wrapUpSeconds }).wrapUp)).to.deep.equal([
      'block',
      'free',
      'free',
      30,
      3600,
    ]);
  });
});
