import { inject, provide, ref, shallowRef, type InjectionKey, type Ref, type ShallowRef } from 'vue';
import type { AgentView, ConversationView, HomeView } from '../../../lib/center/views.ts';
import { HELD_OUTCOMES } from '../../../lib/domain/delivery-status.ts';
import type { CenterEvent, EventType } from '../../../lib/domain/events.ts';
import { isPlainHttp, isSetupNeeded, type DeskApi, type SignedIn } from '../api/client.ts';
import { toDeskError, type DeskError } from '../api/desk-error.ts';
import { createCenterClock, type CenterClock } from '../../../lib/page/center-clock.ts';
import { createAttachments, type Attachments } from './attachments.ts';
import { createConnection, type Connection } from './connection.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import { createMoves, type Moves } from './moves.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createRefresher } from './refresher.ts';
import { createSending, type Sending } from './sending.ts';
import { createThreads, type Threads } from './threads.ts';
import { realTimers, type Timers } from './timers.ts';

/** Events that change nothing that Home or a list shows. */
const NOT_ON_HOME: ReadonlySet<EventType> = new Set([
  'draft.saved',
  'message.unrouted',
  'desk.opened',
  'desk.closed',
  'agent.signed-in',
  'agent.signed-out',
  'remark.added',
]);
/** A message that goes on its way is no news there; that a held one was taken back, or that one failed, is. */
function showsOnHome({ type, reason, data }: CenterEvent): boolean {
  if (type !== 'message.status') return !NOT_ON_HOME.has(type);
  const { status } = data;
  return HELD_OUTCOMES.some((outcome) => outcome === reason) || status === 'failed' || status === 'undelivered';
}

const HOME_GAP_MS = 200;
const HOME_RETRY_MS = 2_000;

/** Where the page stands with the server. `failed`: it could not even be asked who is signed in. */
export type DeskPhase = 'starting' | 'failed' | 'set-up' | 'signed-out' | 'signed-in';

/** Everything the page knows, and the only place where it is changed. */
export interface Desk {
  readonly api: DeskApi;
  readonly phase: Ref<DeskPhase>;
  readonly problem: ShallowRef<DeskError | null>;
  readonly agent: ShallowRef<AgentView | null>;
  readonly home: ShallowRef<HomeView | null>;
  /** Null until somebody looks at the team. */
  readonly team: ShallowRef<AgentView[] | null>;
  readonly clock: CenterClock;
  readonly connection: Connection;
  readonly threads: Threads;
  readonly drafts: Drafts;
  readonly outbox: Outbox;
  readonly attachments: Attachments;
  readonly moves: Moves;
  readonly sending: Sending;
  /** True when the agent was signed out by the server and not by pressing Sign out. */
  readonly wasSignedOut: Ref<boolean>;
  /** The last conversation that was offered to this agent and that somebody else accepted. */
  readonly taken: ShallowRef<{ conversation: ConversationView; agent: string } | null>;
  /** True when what is typed here travels unencrypted over a network. */
  readonly plainHttp: Ref<boolean>;
  /** Tells of every event, before what it changes is loaded; null when everything may be different. Returns how to stop. */
  listen(listener: (event: CenterEvent | null) => void): () => void;
  begin(): Promise<void>;
  signedIn(session: SignedIn): Promise<void>;
  signOut(): Promise<void>;
  refreshHome(): Promise<void>;
  loadTeam(): Promise<void>;
  accept(conversationId: string): Promise<ConversationView>;
  reject(offerId: string): Promise<void>;
  end(conversationId: string): Promise<void>;
  close(conversationId: string): Promise<ConversationView>;
}

export interface DeskOptions {
  timers?: Timers;
  /** Milliseconds since 1970 by this machine. */
  machineNow?: () => number;
}

export function createDesk(api: DeskApi, { timers = realTimers, machineNow = Date.now }: DeskOptions = {}): Desk {
  const phase = ref<DeskPhase>('starting');
  const problem = shallowRef<DeskError | null>(null);
  const agent = shallowRef<AgentView | null>(null);
  const home = shallowRef<HomeView | null>(null);
  const team = shallowRef<AgentView[] | null>(null);
  const wasSignedOut = ref(false);
  const plainHttp = ref(false);
  const taken = shallowRef<{ conversation: ConversationView; agent: string } | null>(null);
  const clock = createCenterClock(machineNow);
  const drafts = createDrafts(api, timers);
  const threads = createThreads(
    api,
    (view) => {
      // Signed out meanwhile: a draft that comes now would be the next person's.
      if (agent.value === null) return;
      drafts.adopt(
        view,
        outbox.of(view.id).some(({ state }) => state !== 'refused'),
      );
    },
    timers,
  );
  const attachments = createAttachments(api);
  const outbox = createOutbox(
    api,
    (conversationId, message) => {
      if (phase.value !== 'signed-in') return;
      drafts.settled(conversationId);
      threads.adoptMessage(conversationId, message);
    },
    timers,
  );
  const sending = createSending(api, {
    after,
    stored(conversationId, message) {
      if (phase.value === 'signed-in') threads.adoptMessage(conversationId, message);
    },
    now: machineNow,
  });
  const listeners = new Set<(event: CenterEvent | null) => void>();
  const moves = createMoves(api, {
    after,
    changed(conversationId) {
      void threads.refresh(conversationId);
      void refreshHome();
    },
    presence(view) {
      if (home.value !== null) home.value = { ...home.value, presence: view };
      void refreshHome();
    },
    remarked: (remark) => threads.adoptRemark(remark),
  });
  const refreshHome = createRefresher(loadHome, HOME_GAP_MS, timers);
  const refreshTeam = createRefresher(loadTeam, HOME_GAP_MS, timers);
  const connection = createConnection({
    open: (lastSeq, signal) => api.events(lastSeq, signal),
    onLive() {
      // The center's clock may have moved and the machine may have slept.
      void refreshHome();
      void drafts.flush();
      outbox.resume();
      attachments.resume();
    },
    onEvent,
    onReset() {
      tell(null);
      void refreshHome();
      threads.refreshAll();
      if (team.value !== null) void refreshTeam();
    },
    onSignedOut: () => leave(true),
    // One that is lost is made good by the next.
    confirm: (deskId) => void api.confirmLine(deskId).catch(() => undefined),
    timers,
  });

  async function loadHome(): Promise<void> {
    const asked = machineNow();
    try {
      const view = await api.home();
      // Signed out meanwhile: nothing personal comes back.
      if (phase.value !== 'signed-in') return;
      clock.follow(view.now, asked, machineNow());
      home.value = view;
      agent.value = view.agent;
      problem.value = null;
    } catch (thrown) {
      failed(toDeskError(thrown));
      throw thrown;
    }
  }

  async function loadTeam(): Promise<void> {
    const members = await api.team();
    if (phase.value === 'signed-in') team.value = members;
  }

  function failed(error: DeskError): void {
    if (error.status === 401) leave(phase.value === 'signed-in');
    else problem.value = error;
  }

  function tell(event: CenterEvent | null): void {
    for (const listener of [...listeners]) listener(event);
  }

  function onEvent(event: CenterEvent): void {
    tell(event);
    if (event.type === 'offer.accepted') noteTaken(event);
    if (showsOnHome(event)) void refreshHome();
    if (event.conversationId !== null) threads.touch(event.conversationId, event.messageId, event);
    if (team.value !== null && (event.type.startsWith('agent.') || event.type.startsWith('desk.'))) void refreshTeam();
    if (event.type === 'clock.moved' || event.reason === 'renamed') threads.refreshAll();
  }

  function noteTaken({ conversationId, actor }: CenterEvent): void {
    const offer = home.value?.offers.find((candidate) => candidate.conversation.id === conversationId);
    if (offer === undefined || actor.kind !== 'agent' || actor.id === agent.value?.id) return;
    taken.value = { conversation: offer.conversation, agent: actor.name ?? '' };
    dropOffers((id) => id === offer.id);
  }

  /** Back to the sign-in page; nothing personal stays in memory. */
  function leave(unasked: boolean): void {
    connection.stop();
    threads.clear();
    drafts.clear();
    outbox.clear();
    attachments.clear();
    moves.clear();
    sending.clear();
    home.value = null;
    team.value = null;
    agent.value = null;
    taken.value = null;
    problem.value = null;
    wasSignedOut.value = unasked;
    phase.value = 'signed-out';
  }

  async function signedIn(session: SignedIn): Promise<void> {
    agent.value = session.agent;
    plainHttp.value = session.plainHttp;
    wasSignedOut.value = false;
    phase.value = 'signed-in';
    await openHome();
  }

  /** The live updates begin where Home ends, so Home has to be there first; until then it is tried again. */
  async function openHome(): Promise<void> {
    try {
      await loadHome();
    } catch {
      if (phase.value === 'signed-in') timers.set(() => void openHome(), HOME_RETRY_MS);
      return;
    }
    if (phase.value === 'signed-in' && home.value !== null) connection.start(home.value.lastSeq);
  }

  /** After a command: what it changed comes by event too, but a person should not have to wait for that. */
  function after(view: ConversationView): ConversationView {
    threads.adopt(view);
    void threads.refresh(view.id);
    void refreshHome();
    return view;
  }

  function dropOffers(matches: (offerId: string, conversationId: string) => boolean): void {
    if (home.value === null) return;
    home.value = { ...home.value, offers: home.value.offers.filter((offer) => !matches(offer.id, offer.conversation.id)) };
  }

  return {
    api,
    phase,
    problem,
    agent,
    home,
    team,
    clock,
    connection,
    threads,
    drafts,
    outbox,
    attachments,
    moves,
    sending,
    wasSignedOut,
    plainHttp,
    taken,
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async begin() {
      phase.value = 'starting';
      try {
        await signedIn(await api.session());
      } catch (thrown) {
        const error = toDeskError(thrown);
        problem.value = error;
        plainHttp.value = isPlainHttp(error);
        phase.value = error.status !== 401 ? 'failed' : isSetupNeeded(error) ? 'set-up' : 'signed-out';
      }
    },
    signedIn,
    async signOut() {
      await drafts.flush();
      await api.signOut();
      leave(false);
    },
    refreshHome,
    loadTeam,
    async accept(conversationId) {
      try {
        const view = after(await api.accept(conversationId));
        dropOffers((_, id) => id === conversationId);
        return view;
      } catch (thrown) {
        // Taken by somebody else, or gone: the list is out of date.
        void refreshHome();
        throw thrown;
      }
    },
    async reject(offerId) {
      dropOffers((id) => id === offerId);
      try {
        await api.reject(offerId);
      } finally {
        void refreshHome();
      }
    },
    async end(conversationId) {
      after(await api.end(conversationId));
    },
    async close(conversationId) {
      return after(await api.close(conversationId));
    },
  };
}

const DESK: InjectionKey<Desk> = Symbol('desk');

export function provideDesk(desk: Desk): void {
  provide(DESK, desk);
}

/** @throws Error outside the desk's page, which is a mistake in the page */
export function useDesk(): Desk {
  const desk = inject(DESK);
  if (desk === undefined) throw new Error('There is no desk above this component.');
  return desk;
}
