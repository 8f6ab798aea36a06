/**
 * `npm run bench`: measures ours and its peers in the same run and prints ratios. `--quick` takes shorter rounds, names choose
 * measurements. A complete run writes `bench/results.json` and `docs/benchmarks.md`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measureDesks } from '../bench/measure/desks.ts';
import { measureDraining } from '../bench/measure/draining.ts';
import { measureFlow } from '../bench/measure/flow.ts';
import { measureGuard } from '../bench/measure/guard.ts';
import { measureRouting } from '../bench/measure/routing.ts';
import { measureStartUp } from '../bench/measure/start-up.ts';
import { measureWebhook } from '../bench/measure/webhook.ts';
import { machineLine } from '../bench/parts/machine.ts';
import type { Measurement } from '../bench/parts/result.ts';
import { FULL, QUICK, type Plan } from '../bench/parts/rounds.ts';
import { toMarkdown, toText, type Report } from '../bench/report.ts';
import { build } from './build.ts';
import { packageRoot } from './paths.ts';

const MEASURES: Record<string, (plan: Plan) => Promise<Measurement | Measurement[]>> = {
  webhook: measureWebhook,
  flow: measureFlow,
  guard: measureGuard,
  desks: measureDesks,
  start: measureStartUp,
  draining: measureDraining,
  routing: measureRouting,
};

function nodeRedVersion(): string {
  const file = path.join(packageRoot, 'node_modules', 'node-red', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const plan = args.includes('--quick') ? QUICK : FULL;
  const wanted = args.filter((argument) => !argument.startsWith('--'));
  const unknown = wanted.filter((name) => !(name in MEASURES));
  if (unknown.length > 0)
    throw new Error(`No measurement called ${unknown.join(', ')}; there are ${Object.keys(MEASURES).join(', ')}.`);

  await build();
  const measurements: Measurement[] = [];
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`measuring ${name} …`);
    measurements.push(...[await measure(plan)].flat());
  }
  const report: Report = {
    machine: machineLine(nodeRedVersion()),
    method:
      `Medians (least–most) of ${plan.rounds} rounds of ${plan.roundSeconds} s a side, taken in turn after ${plan.warmSeconds} s of warming up; ` +
      'webhooks over 32 kept-alive connections with the 15 fields of a real one, a valid signature and a new SID each.',
    measurements,
  };
  console.log(toText(report));
  if (wanted.length > 0) return;
  writeFileSync(path.join(packageRoot, 'bench', 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(
    path.join(packageRoot, 'docs', 'benchmarks.md'),
    `# Benchmarks\n\nFrom \`npm run bench\`.\n\n${toMarkdown(report)}`,
  );
}

main().catch((error: Error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
