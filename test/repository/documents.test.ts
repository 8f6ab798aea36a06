import { readdirSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import type { Transition } from '../../lib/domain/conversation-state.ts';
import { packageRoot } from '../../scripts/paths.ts';

const read = (file: string): string => readFileSync(path.join(packageRoot, file), 'utf8');

describe('the documents', () => {
  it('explain every error code, and no other', () => {
    const union = /export type ErrorCode =([\s\S]*?);/.exec(read('lib/domain/errors.ts'))![1]!;
    const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map((match) => match[1]);
    const rows = [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` +\| \S.* \| \S.* \|$/gm)].map((match) => match[1]);
    expect(codes).to.have.length.above(30);
    expect(rows).to.have.members(codes);
  });

  it('list every decision', () => {
    const pages = readdirSync(path.join(packageRoot, 'docs/decisions')).filter((file) => /^\d{4}-/.test(file));
    const listed = [...read('docs/decisions/README.md').matchAll(/\]\((\d{4}-[^)]+)\)/g)].map((match) => match[1]);
    expect(pages).to.not.be.empty;
    expect(listed).to.have.members(pages);
  });

  it('name every state, and every step between states', async () => {
    const { nextState } = await import('../../lib/domain/conversation-state.ts');
    const states = ['open', 'active', 'waiting', 'wrap-up', 'closed'] as const;
    const union = /export type Transition =([\s\S]*?);/.exec(read('lib/domain/conversation-state.ts'))![1]!;
    const steps = [...union.matchAll(/'([a-z-]+)'/g)].map((match) => match[1] as Transition);
    expect(steps).to.have.length.above(6);
    const table = read('docs/states.md')
      .split(/^\| From +\| What happens.*$/m)[1]!
      .split('\n\n')[0]!;
    for (const from of states) {
      for (const step of steps) {
        let to: string;
        try {
          to = nextState(from, step);
        } catch {
          continue;
        }
        const found = table.split('\n').some((line) => {
          const [, left = '', , right = ''] = line.split('|').map((cell) => cell.trim());
          return left.includes(`\`${from}\``) && (right.includes(`\`${to}\``) || (from === to && right === 'unchanged'));
        });
        expect(found, `${from} → ${to} (${step})`).to.equal(true);
      }
    }
  });

  it('link only to files that are there', () => {
    const pages = ['README.md', 'CONTRIBUTING.md', 'docs', 'docs/decisions'].flatMap((place) =>
      place.endsWith('.md')
        ? [place]
        : readdirSync(path.join(packageRoot, place))
            .filter((file) => file.endsWith('.md'))
            .map((file) => path.join(place, file)),
    );
    for (const page of pages) {
      for (const [, target] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(existsSync(path.join(packageRoot, path.dirname(page), decodeURI(target!))), `${target} in ${page}`).to.equal(true);
      }
    }
  });
});
