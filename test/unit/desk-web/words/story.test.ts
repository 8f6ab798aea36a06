import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { storyVariants } from '../../../../desk/web/words/story.ts';
import { event } from '../support.ts';

type Texts = { [key: string]: string | Texts };
const texts = JSON.parse(readFileSync(new URL('../../../../desk/web/texts/en.json', import.meta.url), 'utf8')) as {
  event: Texts;
};

/** The first variant that the catalogue has a sentence for. */
function told(happened: ReturnType<typeof event>, me: string): string {
  const sentences = happened.type.split('.').reduce<Texts>((tree, part) => tree[part] as Texts, texts.event);
  return storyVariants(happened, me).find((variant) => typeof sentences[variant] === 'string') ?? 'nothing';
}

const by = (id: string) => ({ actor: { kind: 'agent' as const, id } });

describe('the sentence for what happened', () => {
  it('is another one for who did it, for whom it was done to, and for everybody else', () => {
    const assigned = event(1, 'conversation.assigned', {
      ...by('sofia'),
      agentId: 'ana',
      reason: 'assigned-by-supervisor',
      data: { from: 'ben', to: 'ana' },
    });
    expect(['sofia', 'ana', 'ben', 'max'].map((me) => told(assigned, me))).to.deep.equal(['own', 'to-me', 'from-me', 'other']);
    const taken = event(2, 'conversation.transferred', {
      ...by('ana'),
      agentId: 'ana',
      reason: 'to-agent',
      data: { from: 'ben', to: 'ana' },
    });
    expect(['ana', 'ben', 'max'].map((me) => told(taken, me))).to.deep.equal(['to-agent-own', 'to-agent-from-me', 'to-agent']);
  });

  it('tells the reason where there is one', () => {
    const closed = (reason: string, actor: { kind: 'agent' | 'flow' | 'system'; id?: string }) =>
      told(event(1, 'conversation.closed', { actor, reason, agentId: 'ana' }), 'ana');
    expect(closed('force-closed', { kind: 'agent', id: 'sofia' })).to.equal('force-closed');
    expect(closed('force-closed', { kind: 'agent', id: 'ana' })).to.equal('force-closed-own');
    expect(closed('agent-closed', { kind: 'agent', id: 'ana' })).to.equal('agent-closed-own');
    expect(closed('time-out-customer-silent', { kind: 'system' })).to.equal('time-out-customer-silent');
    expect(closed('order-cancelled', { kind: 'flow' })).to.equal('flow');
    expect(closed('something-new', { kind: 'system' })).to.equal('other');
  });

  it('exists for every way a transfer and a consult can end', () => {
    for (const reason of ['rejected', 'deadline', 'taken-back', 'agent-absent'])
      for (const type of ['transfer.declined', 'consult.ended'] as const)
        expect(told(event(1, type, { ...by('ben'), reason, agentId: 'ben' }), 'ana'), `${type} ${reason}`).to.equal(reason);
  });
});
