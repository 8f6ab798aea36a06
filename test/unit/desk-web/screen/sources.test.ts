import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../../../desk/web/', import.meta.url));
/** What the desk shares with the simulator's phone. */
const shared = fileURLToPath(new URL('../../../../lib/page/', import.meta.url));
const sources = [root, shared].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(vue|ts)$/.test(path) && !/^vite\./.test(path))
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') })),
);
const templates = sources.flatMap(({ path, text }) => {
  const template = /<template>([\s\S]*)<\/template>/.exec(text)?.[1];
  return template === undefined ? [] : [{ path, text: template }];
});

type Texts = { [key: string]: string | Texts };
const texts = JSON.parse(readFileSync(join(root, 'texts/en.json'), 'utf8')) as Texts;
const keys = [...keysOf(texts, '')];

function* keysOf(tree: Texts, prefix: string): Generator<string> {
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string') yield prefix + name;
    else yield* keysOf(value, `${prefix}${name}.`);
  }
}

describe('the desk’s texts', () => {
  /** Keys written out in a call for a text, and the beginnings of those that are put together: `state.${…}`. */
  const known = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/\bte?\(|\bkey: /g)].flatMap((call) => {
      const [behind = ''] = text.slice(call.index, call.index + 220).split(';');
      return [...behind.matchAll(/['`]([a-z][A-Za-z]*\.[A-Za-z0-9_${}().-]+)['`]/g)].map((match) => ({ path, key: match[1]! }));
    }),
  );

  it('has every text the page asks for', () => {
    const missing = known
      .filter(({ key }) => !key.includes('${') && !keys.includes(key) && !keys.some((other) => other.startsWith(`${key}.`)))
      .map(({ path, key }) => `${path}: ${key}`);
    expect(missing).to.deep.equal([]);
    expect(known.length).to.be.greaterThan(150);
  });

  it('has no text that nobody asks for', () => {
    const whole = new Set(known.map(({ key }) => key));
    const beginnings = known.filter(({ key }) => key.includes('${')).map(({ key }) => key.split('${')[0]!);
    const unused = keys.filter((key) => !whole.has(key) && !beginnings.some((beginning) => key.startsWith(beginning)));
    expect(unused).to.deep.equal([]);
  });

  it('stands in the catalogue and not in the page', () => {
    const words = templates.flatMap(({ path, text }) => {
      const outside = text.replace(/\{\{[\s\S]*?\}\}/g, ' ').replace(/<!--[\s\S]*?-->/g, ' ');
      const between = [...outside.matchAll(/>([^<>]*)</g)].map((match) => match[1]!);
      const attributes = [...outside.matchAll(/\s(?:title|placeholder|aria-label|alt|label)="([^"]*)"/g)].map(
        (match) => match[1]!,
      );
      return [...between, ...attributes].filter((piece) => /\p{L}{3,}/u.test(piece)).map((piece) => `${path}: ${piece.trim()}`);
    });
    expect(words).to.deep.equal([]);
  });
});

describe('the desk’s page under its content security policy', () => {
  it('brings no markup from data and no inline style or script', () => {
    const found = [...templates, { path: 'index.html', text: readFileSync(join(root, 'index.html'), 'utf8') }].filter(
      ({ text }) => /v-html|innerHTML|\sstyle="|<style|\son[a-z]+="|<script(?![^>]*\ssrc=)/.test(text),
    );
    expect(found.map(({ path }) => path)).to.deep.equal([]);
    expect(
      sources.filter(({ text }) => /innerHTML|insertAdjacentHTML|new Function|\beval\(/.test(text)).map(({ path }) => path),
    ).to.deep.equal([]);
  });
});

describe('the desk’s colours', () => {
  const tokens = new Map(
    [...readFileSync(join(shared, 'theme/tokens.css'), 'utf8').matchAll(/--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
      (match) => [match[1]!, [match[2]!, match[3]!] as const],
    ),
  );

  const luminance = (hex: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: string, other: string): number => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
    return (high + 0.05) / (low + 0.05);
  };

  const pairs: [text: string, on: string[]][] = [
    ['text', ['background', 'surface', 'raised', 'sunken', 'own', 'accent-soft', 'note']],
    ['dim', ['background', 'surface', 'raised', 'sunken', 'own', 'accent-soft']],
    ['accent', ['background', 'surface', 'raised', 'accent-soft', 'own']],
    ['on-accent', ['accent', 'accent-hover']],
    ['amber', ['background', 'surface', 'raised', 'amber-soft', 'accent-soft', 'own', 'note']],
    ['red', ['background', 'surface', 'raised', 'red-soft', 'accent-soft', 'own']],
  ];

  for (const [index, theme] of ['light', 'dark'].entries()) {
    it(`are readable in the ${theme} theme: 4.5 to 1 for every text`, () => {
      const weak = pairs.flatMap(([text, grounds]) =>
        grounds.flatMap((ground) => {
          const ratio = contrast(tokens.get(text)![index]!, tokens.get(ground)![index]!);
          return ratio >= 4.5 ? [] : [`${text} on ${ground}: ${ratio.toFixed(2)}`];
        }),
      );
      expect(weak).to.deep.equal([]);
    });
  }
});
