import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Center } from '../../lib/center/center.ts';
import { openLine } from '../load/line.ts';
import { atMost, type Measurement } from '../parts/result.ts';
import { alternate, figureOf, type Plan } from '../parts/rounds.ts';

const AGENTS = 200;
const WAITING = 10_000;
const CLOSED = 50_000;
/** Agents who accept at the same moment; each acceptance makes room, and what waits longest is given out. */
const AT_ONCE = 32;
const LIMIT_MS = 5;

/** A long line and a large team: what it costs to give out what waits, with a long history and with none. */
export async function measureRouting(plan: Plan): Promise<Measurement> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-routing-'));
  const line = (name: string, closed: number) => Line.open(path.join(folder, `${name}.sqlite`), closed);
  const [long, none] = [await line('long', CLOSED), await line('none', 0)];
  try {
    await long.decisions(plan.warmSeconds);
    await none.decisions(plan.warmSeconds);
    const results = await alternate(
      plan.rounds,
      () => long.decisions(plan.roundSeconds),
      () => none.decisions(plan.roundSeconds),
    );
    return atMost({
      id: 'routing',
      what: `Routing, ${WAITING.toLocaleString('en-US')} waiting and ${AGENTS} agents: accepting and giving out the next, each`,
      peer: `the same without ${CLOSED.toLocaleString('en-US')} closed conversations`,
      unit: 'ms',
      ours: figureOf(results.ours),
      against: figureOf(results.peer),
      atMost: LIMIT_MS,
      notes: [`${long.decided + none.decided} decisions in queues that offer to all, in turn and to whoever has least to do`],
    });
  } finally {
    await long.close();
    await none.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Offered {
  conversationId: string;
  agents: string[];
}

/** A center where everybody is there and is asked, and somebody is always waiting. */
class Line {
  decided = 0;
  readonly #center: Center;
  /** Offers that are out, oldest first, with those who are asked. */
  #offers: Offered[] = [];

  private constructor(center: Center) {
    this.#center = center;
    center.subscribe((events) => {
      for (const { type, conversationId, data } of events) {
        if (type === 'offer.created') this.#offers.push({ conversationId: conversationId!, agents: data['agents'] as string[] });
      }
    });
  }

  static async open(file: string, closed: number): Promise<Line> {
    const { center, agentIds } = await openLine({ file, agents: AGENTS, waiting: WAITING, closed });
    const line = new Line(center);
    for (const [index, agentId] of agentIds.entries()) await center.run('openDesk', { deskId: `desk-${index}`, agentId });
    return line;
  }

  /** Agents accept, then finish what they have; milliseconds for each decision made while they accepted. */
  async decisions(seconds: number): Promise<number> {
    let made = 0;
    let spent = 0;
    const end = performance.now() + seconds * 1000;
    do {
      const accepting = this.#next();
      const before = this.#offers.length;
      const started = performance.now();
      await this.#all('accept', accepting);
      spent += performance.now() - started;
      made += this.#offers.length - before;
      await this.#all('endConversation', accepting);
      await this.#all('closeConversation', accepting);
    } while (performance.now() < end && this.#offers.length > 0);
    this.decided += made;
    return spent / made;
  }

  /** The oldest offers, each with an agent who accepts no other. */
  #next(): { conversationId: string; agentId: string }[] {
    const busy = new Set<string>();
    const chosen: { conversationId: string; agentId: string }[] = [];
    const left: Offered[] = [];
    for (const offer of this.#offers) {
      const agentId = chosen.length < AT_ONCE ? offer.agents.find((id) => !busy.has(id)) : undefined;
      if (agentId === undefined) left.push(offer);
      else {
        busy.add(agentId);
        chosen.push({ conversationId: offer.conversationId, agentId });
      }
    }
    this.#offers = left;
    return chosen;
  }

  async #all(
    step: 'accept' | 'endConversation' | 'closeConversation',
    work: { conversationId: string; agentId: string }[],
  ): Promise<void> {
    await Promise.all(work.map((args) => this.#center.run(step, args)));
  }

  close(): Promise<void> {
    return this.#center.close();
  }
}
