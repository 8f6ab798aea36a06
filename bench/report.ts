import type { Measurement } from './parts/result.ts';
import type { Figure } from './parts/rounds.ts';

/** Everything one run has found. */
export interface Report {
  machine: string;
  /** How it was measured, in one line. */
  method: string;
  measurements: Measurement[];
}

const number = (value: number): string => (Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1));

function figure({ median, min, max }: Figure, unit: string): string {
  return `${number(median)} ${unit} (${number(min)}–${number(max)})`;
}

function result({ result: { kind, value }, unit }: Measurement): string {
  return kind === 'ratio' ? `${value.toFixed(2)}×` : `${value < 0 ? '−' : '+'}${number(Math.abs(value))} ${unit}`;
}

/** The report as a Markdown table, with notes below. */
export function toMarkdown({ machine, method, measurements }: Report): string {
  const rows = measurements.map((one) =>
    [
      one.what,
      figure(one.ours, one.unit),
      `${figure(one.against, one.unit)} ${one.peer}`,
      `**${result(one)}**`,
      `${one.target}${one.met ? '' : ' (missed)'}`,
    ].join(' | '),
  );
  const notes = measurements.filter((one) => one.notes.length > 0).map((one) => `- ${one.what}: ${one.notes.join('; ')}.`);
  return [
    '| What | Ours | Against, in the same run | Result | Target |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
    '',
    ...notes,
    '',
    `${method} ${machine}.`,
    '',
  ].join('\n');
}

/** The same for a terminal. */
export function toText({ machine, measurements }: Report): string {
  const lines = measurements.flatMap((one) => [
    `${one.met ? 'ok  ' : 'MISS'} ${result(one).padStart(9)}  ${one.what}  (target ${one.target})`,
    `${' '.repeat(16)}${figure(one.ours, one.unit)} against ${figure(one.against, one.unit)}: ${one.peer}`,
    ...one.notes.map((note) => `${' '.repeat(16)}${note}`),
  ]);
  return ['', ...lines, '', machine, ''].join('\n');
}
