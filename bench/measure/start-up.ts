import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../scripts/paths.ts';
import type { FlowNode } from '../parts/flows.ts';
import { residentMegabytes } from '../parts/machine.ts';
import { onTopOf, type Measurement } from '../parts/result.ts';
import { alternate, figureOf, type Plan } from '../parts/rounds.ts';
import { Server } from '../parts/server.ts';

/** How long a Node-RED is left alone before its memory is read, in milliseconds: by then the store is open. */
const SETTLE_MS = 2_000;
/** A start is short and its time scatters, so there are more of them than of the other rounds. */
const STARTS_PER_ROUND = 3;

interface Start {
  ms: number;
  megabytes: number;
}

/** What the package adds to Node-RED's start, with the first example's flow: store open, desk and simulator served, nothing sent. */
export async function measureStartUp(plan: Plan): Promise<Measurement[]> {
  const example = path.join(packageRoot, 'examples', '01 Answer by an agent.json');
  const flows = JSON.parse(readFileSync(example, 'utf8')) as FlowNode[];
  const alone: FlowNode[] = [{ id: 'bench-tab', type: 'tab', label: 'Bench' }];
  const start = (ours: boolean): Promise<Start> => startOnce(ours ? flows : alone, ours);
  await start(true);
  await start(false);
  const results = await alternate(
    plan.rounds * STARTS_PER_ROUND,
    () => start(true),
    () => start(false),
  );
  const figures = (key: keyof Start) => ({
    ours: figureOf(results.ours.map((one) => one[key])),
    against: figureOf(results.peer.map((one) => one[key])),
  });
  const peer = 'Node-RED without it';
  return [
    onTopOf({ id: 'start', what: 'Start until the flows run', peer, unit: 'ms', ...figures('ms'), atMost: 300, notes: [] }),
    onTopOf({
      id: 'memory',
      what: 'Resident memory after the start, before the first send',
      peer,
      unit: 'MB',
      ...figures('megabytes'),
      atMost: 40,
      notes: [],
    }),
  ];
}

async function startOnce(flows: FlowNode[], ours: boolean): Promise<Start> {
  const started = performance.now();
  const server = await Server.start({ flows, ours, benchNodes: false });
  try {
    const ms = performance.now() - started;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return { ms, megabytes: residentMegabytes(server.pid) };
  } finally {
    await server.stop();
  }
}
