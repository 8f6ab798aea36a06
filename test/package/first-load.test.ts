import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { packageRoot } from '../../scripts/paths.ts';

const page = path.join(packageRoot, 'dist', 'desk', 'web');
const assets = readdirSync(path.join(page, 'assets'));

/** What a file weighs on its way, by the weaker of the two compressions that the desk offers. */
function weight(file: string): number {
  const content = readFileSync(path.join(page, file));
  return file.endsWith('.woff2') ? content.length : gzipSync(content).length;
}

function assetNamed(start: string, end: string): string {
  const found = assets.filter((name) => name.startsWith(start) && name.endsWith(end));
  expect(found, `${start}…${end}`).to.have.length(1);
  return `assets/${found[0]!}`;
}

describe('the desk’s page', () => {
  const html = readFileSync(path.join(page, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1]!);

  it('is there with less than 200 KB, everything, the typeface included', () => {
    const first = ['index.html', ...named, assetNamed('inter-latin-wght', '.woff2')];
    expect(first.filter((file) => file.endsWith('.js'))).to.have.length.above(1);
    expect(first.reduce((sum, file) => sum + weight(file), 0)).to.be.below(200_000);
  });

  it('does not wait for what Home shows nothing of', () => {
    for (const part of ['ConversationPanel', 'SupervisePage', 'TeamPage', 'StartPage', 'TemplatePicker']) {
      expect(named).to.not.include(assetNamed(`${part}-`, '.js'));
    }
  });
});
