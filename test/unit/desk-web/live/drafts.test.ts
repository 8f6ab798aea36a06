import { expect } from 'chai';
import { DeskError } from '../../../../desk/web/api/desk-error.ts';
import { createDrafts } from '../../../../desk/web/live/drafts.ts';
import { conversation, fakeApi, HandTimers, settle } from '../support.ts';

function setUp() {
  const timers = new HandTimers();
  const saved: string[] = [];
  let problem: DeskError | null = null;
  const api = fakeApi({
    saveDraft(_, text) {
      if (problem !== null) return Promise.reject(problem);
      saved.push(text);
      return Promise.resolve();
    },
  });
  return { timers, saved, drafts: createDrafts(api, timers), fail: (error: DeskError | null) => (problem = error) };
}

describe('drafts', () => {
  it('are saved a moment after the last key, once', async () => {
    const { timers, saved, drafts } = setUp();
    for (const text of ['H', 'He', 'Hel']) {
      drafts.type('c1', text);
      timers.advance(300);
    }
    await settle();
    expect(saved).to.deep.equal([]);
    timers.advance(600);
    await settle();
    expect(saved).to.deep.equal(['Hel']);
    expect(drafts.unsaved('c1')).to.equal(false);
  });

  it('come from the server, but never over what is typed and not saved', async () => {
    const { timers, drafts } = setUp();
    drafts.adopt(conversation({ draft: 'from yesterday' }));
    expect(drafts.text('c1')).to.equal('from yesterday');
    drafts.type('c1', 'newer');
    drafts.adopt(conversation({ draft: 'from yesterday' }));
    expect(drafts.text('c1')).to.equal('newer');
    timers.advance(600);
    await settle();
    drafts.adopt(conversation({ draft: 'typed in another tab' }));
    expect(drafts.text('c1')).to.equal('typed in another tab');
  });

  it('stay here while there is no line, and are saved when it is back', async () => {
    const { timers, saved, drafts, fail } = setUp();
    fail(new DeskError(0, 'OFFLINE', 'no line'));
    drafts.type('c1', 'safe');
    timers.advance(600);
    await settle();
    expect({ text: drafts.text('c1'), unsaved: drafts.unsaved('c1') }).to.deep.equal({ text: 'safe', unsaved: true });
    fail(null);
    await drafts.flush();
    expect({ saved, unsaved: drafts.unsaved('c1') }).to.deep.equal({ saved: ['safe'], unsaved: false });
  });

  it('are tried again by themselves when the server could not take them', async () => {
    const { timers, saved, drafts, fail } = setUp();
    fail(new DeskError(503, 'STORE_UNAVAILABLE', 'The store cannot be written.'));
    drafts.type('c1', 'safe');
    timers.advance(600);
    await settle();
    fail(null);
    timers.advance(10_000);
    await settle();
    expect(saved).to.deep.equal(['safe']);
  });

  it('keep a sent text on the server until the message is stored', async () => {
    const { timers, saved, drafts } = setUp();
    drafts.type('c1', 'on its way');
    timers.advance(600);
    await settle();
    drafts.sent('c1');
    expect(drafts.text('c1')).to.equal('');
    timers.advance(5000);
    await drafts.flush(true);
    expect(saved).to.deep.equal(['on its way']);
    // The center takes the draft away with the message.
    drafts.settled('c1');
    timers.advance(5000);
    await settle();
    expect(saved).to.deep.equal(['on its way']);
    expect(drafts.unsaved('c1')).to.equal(false);
  });

  it('save again what was typed while the message before it was stored', async () => {
    const { timers, saved, drafts } = setUp();
    drafts.type('c1', 'first');
    drafts.sent('c1');
    drafts.type('c1', 'second');
    const flushed = drafts.flush();
    drafts.settled('c1');
    await flushed;
    expect(drafts.unsaved('c1')).to.equal(true);
    timers.advance(600);
    await settle();
    expect(saved).to.deep.equal(['second', 'second']);
  });

  it('typed and saved while an answer was under way are not lost when the center takes the draft away with that answer', async () => {
    const { timers, saved, drafts } = setUp();
    drafts.type('c1', 'first');
    drafts.sent('c1');
    drafts.type('c1', 'second');
    timers.advance(600);
    await settle();
    // The answer is stored, and somebody tells what the conversation is like before the center has confirmed it to us.
    drafts.adopt(conversation({ draft: '' }), true);
    expect(drafts.text('c1')).to.equal('second');
    drafts.settled('c1');
    timers.advance(600);
    await settle();
    expect(saved).to.deep.equal(['second', 'second']);
    drafts.adopt(conversation({ draft: 'typed in another tab' }));
    expect(drafts.text('c1')).to.equal('typed in another tab');
  });

  it('do not repeat what the server refuses for good', async () => {
    const { timers, saved, drafts, fail } = setUp();
    fail(new DeskError(409, 'NOT_YOUR_CONVERSATION', 'This conversation is with Kim.'));
    drafts.type('c1', 'too late');
    timers.advance(600);
    await settle();
    fail(null);
    await drafts.flush();
    expect(saved).to.deep.equal([]);
  });

  it('of internal messages go their own way to the server, and come back on their own', async () => {
    const timers = new HandTimers();
    const saved: [string, string][] = [];
    const keep = (kind: string) => (_: string, text: string) => {
      saved.push([kind, text]);
      return Promise.resolve();
    };
    const drafts = createDrafts(fakeApi({ saveDraft: keep('answer'), saveInternalDraft: keep('internal') }), timers);
    drafts.adopt(conversation({ draft: 'Dear', internalDraft: 'Does he' }));
    expect([drafts.text('c1'), drafts.internal('c1')]).to.deep.equal(['Dear', 'Does he']);
    drafts.typeInternal('c1', 'Does he pay');
    drafts.adopt(conversation({ draft: 'Dear', internalDraft: 'Does he' }));
    expect(drafts.internal('c1')).to.equal('Does he pay');
    timers.advance(600);
    await settle();
    expect(saved).to.deep.equal([['internal', 'Does he pay']]);
    drafts.clear();
    expect([drafts.text('c1'), drafts.internal('c1')]).to.deep.equal(['', '']);
  });
});
