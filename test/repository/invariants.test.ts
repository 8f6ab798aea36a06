import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../scripts/paths.ts';

const PAGE = 'docs/invariants.md';
/** What this release must not break. */
const PROMISES = ['I1', 'I3', 'I4', 'I5', 'I6', 'I8', 'I9', 'I10', 'I11', 'I12', 'I16', 'I20', 'I21', 'I26', 'I27'];
const THREATS = ['T1', 'T2', 'T3', 'T4', 'T6', 'T7', 'T8', 'T9', 'T10', 'T11', 'T13'];

describe('the page of what must hold', () => {
  const page = readFileSync(path.join(packageRoot, PAGE), 'utf8').replace(/\s+/g, ' ');

  it('names a test for every promise and every threat', () => {
    const rows = [...page.matchAll(/\| ([IT]\d+) +\| ([^|]+) \| ([^|]+) \|/g)];
    expect(rows.map(([, id]) => id)).to.deep.equal([...PROMISES, ...THREATS]);
    for (const [, id, , shown] of rows) expect(shown, id).to.match(/\]\(\.\.\/test\/[^)]+\.test\.ts\) "[^"]+"/);
  });

  it('quotes the tests as they are', () => {
    const quotes = [...page.matchAll(/\]\(\.\.\/(test\/[^)]+)\) "([^"]+)"/g)];
    expect(quotes).to.have.length.above(PROMISES.length + THREATS.length);
    for (const [, file, words] of quotes) {
      const titles = readFileSync(path.join(packageRoot, file!), 'utf8').replace(/\s+/g, ' ');
      expect(titles.includes(words!), `"${words}" in ${file}`).to.equal(true);
    }
  });

  it('links every file to the test it says', () => {
    const links = [...page.matchAll(/\[([^\]]+)\]\(\.\.\/test\/[^)]*?([\w-]+)\.test\.ts\)/g)];
    for (const [, name, file] of links) expect(file).to.equal(name);
  });
});
