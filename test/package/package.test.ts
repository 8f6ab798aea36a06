import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { anyFreePort, startNodeRed, until, type NodeRedOptions, type NodeRedProcess } from '../../scripts/node-red-process.ts';
import { packageRoot } from '../../scripts/paths.ts';
import { EXAMPLES } from '../support/contents.ts';
import { exampleFlow } from '../support/demo.ts';
import { oldNode } from '../support/old-node.ts';

const NAME = '@twentyfour/node-red-whatsapp';
const PALETTE = ['whatsapp-in', 'session-guard', 'notify-agent', 'whatsapp-out', 'transcript-store'];
const TYPES = [...PALETTE, 'whatsapp-account', 'contact-center'];

interface NodeSet {
  id: string;
  module: string;
  types: string[];
  enabled: boolean;
  err?: unknown;
}

type Catalogue = { [key: string]: string | Catalogue };

function npm(args: string[], cwd: string): string {
  const cli = process.env['npm_execpath'];
  const [command, first] = cli ? [process.execPath, [cli]] : ['npm', []];
  return execFileSync(command, [...first, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('the packed package', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'whatsapp-package-'));
  const installed = path.join(folder, 'installed');
  let files: string[];

  before('pack it and install it without scripts, as an admin would', () => {
    const [packed] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], packageRoot)) as {
      filename: string;
      files: { path: string }[];
    }[];
    files = packed!.files.map((file) => file.path);
    mkdirSync(installed);
    writeFileSync(path.join(installed, 'package.json'), '{ "name": "node-red-project", "private": true }');
    const tarball = path.join(folder, packed!.filename.replace('@', '').replace('/', '-'));
    npm(['install', tarball, '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], installed);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('holds what it needs and nothing else', () => {
    for (const type of TYPES) {
      expect(files).to.include.members([
        `dist/nodes/${type}/${type}.js`,
        `dist/nodes/${type}/${type}.mjs`,
        `dist/nodes/${type}/${type}.html`,
        `dist/nodes/${type}/locales/en-US/${type}.json`,
        `dist/nodes/${type}/locales/en-US/${type}.html`,
      ]);
    }
    for (const type of PALETTE) expect(files).to.include(`dist/nodes/${type}/icons/${type}.svg`);
    expect(files).to.include.members([
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'dist/desk/web/index.html',
      'dist/lib/simulator/phone/index.html',
    ]);
    expect(files.filter((file) => file.startsWith('examples/'))).to.have.length(9);
    expect(files.filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file))).to.deep.equal([]);
    expect(
      files.filter((file) => /^(test|scripts|docs|bench|node_modules|\.)|\.tsbuildinfo$|dist\/\.build/.test(file)),
    ).to.deep.equal([]);
  });

  it('brings no more than its one dependency needs, and nothing that has to be compiled', () => {
    const lock = JSON.parse(readFileSync(path.join(installed, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean; dependencies?: Record<string, string> }>;
    };
    expect(Object.keys(lock.packages[`node_modules/${NAME}`]!.dependencies!)).to.have.members(['twilio']);
    expect(Object.values(lock.packages).filter((entry) => entry.hasInstallScript)).to.deep.equal([]);
  });

  for (const version of [4, 5] as const) {
    describe(`in Node-RED ${version === 4 ? '4.1' : '5'}`, () => {
      let nodeRed: NodeRedProcess;

      before(async () => {
        nodeRed = await start({ version });
        await nodeRed.started;
      });

      after(() => nodeRed.stop());

      async function read(address: string, accept = 'application/json'): Promise<Response> {
        const response = await fetch(nodeRed.url + address, { headers: { accept } });
        expect(response.status, address).to.equal(200);
        return response;
      }

      const json = async <T>(address: string): Promise<T> => (await (await read(address)).json()) as T;
      const editorParts = async (): Promise<string> => (await read(`/nodes`, 'text/html')).text();

      it('registers seven types without an error', async () => {
        const sets = (await json<NodeSet[]>('/nodes')).filter((set) => set.module === NAME);
        expect(sets.flatMap((set) => set.types)).to.have.members(TYPES);
        expect(sets.map((set) => set.id)).to.have.members(TYPES.map((type) => `${NAME}/${type}`));
        for (const set of sets) expect(set, set.id).to.deep.include({ enabled: true }).and.not.have.property('err');
      });

      it('starts its flow without a line of error', () => {
        expect(nodeRed.output()).to.include('Started flows');
        expect(nodeRed.output()).to.not.match(/\[error\]|Unhandled|Exception|Waiting for missing types/i);
      });

      it('shows five nodes under "WhatsApp", each with its icon', async () => {
        const html = await editorParts();
        for (const type of PALETTE) {
          const definition = registration(html, type);
          expect(definition, type).to.match(/category:\s*['"]WhatsApp['"]/);
          const icon = /icon:\s*['"]([^'"]+)['"]/.exec(definition)![1]!;
          expect(icon).to.equal(`${type}.svg`);
          const svg = await (await read(`/icons/${NAME}/${icon}`, 'image/svg+xml')).text();
          expect(svg).to.match(/^<svg|<\?xml/);
        }
        for (const type of ['whatsapp-account', 'contact-center']) {
          expect(registration(html, type), type).to.match(/category:\s*['"]config['"]/);
        }
      });

      it('has help for each, in the order a reader expects', async () => {
        const html = await editorParts();
        for (const type of TYPES) {
          const help = new RegExp(`<script[^>]*data-help-name="${type}"[^>]*>([\\s\\S]*?)</script>`).exec(html)?.[1] ?? '';
          expect(help.length, type).to.be.above(200);
          const headings = [...help.matchAll(/<h3>([^<]+)<\/h3>/g)].map((match) => match[1]);
          const expected = PALETTE.includes(type) ? ['Inputs', 'Outputs', 'Details', 'References'] : ['Details', 'References'];
          expect(
            headings.filter((heading) => expected.includes(heading!)),
            type,
          ).to.deep.equal(type === 'whatsapp-in' ? expected.slice(1) : expected);
        }
      });

      it('shows no raw key: each text of the forms is in the catalogue', async () => {
        const html = await editorParts();
        for (const type of TYPES) {
          const catalogue = await json<Catalogue>(`/locales/${NAME}/${type}?lng=en-US`);
          const form = new RegExp(`<script[^>]*data-template-name="${type}"[^>]*>([\\s\\S]*?)</script>`).exec(html)![1]!;
          const inForm = [...form.matchAll(/data-i18n="([^"]+)"/g)].flatMap((match) => match[1]!.split(';'));
          const keys = [
            ...inForm.map((key) => key.replace(/^\[[^\]]+\]/, '')),
            ...[...registration(html, type).matchAll(/\._\(\s*['"]([\w.-]+)['"]/g)].map((match) => match[1]!),
          ];
          expect(keys.length, type).to.be.above(1);
          for (const key of keys)
            if (!/^(node-red|editor):/.test(key)) expect(textOf(catalogue, key), `${key} of ${type}`).to.be.a('string');
        }
      });

      it('lists the examples in the import dialog', async () => {
        const tree = await json<(string | { fn: string })[]>(`/library/examples/flows/${NAME}`);
        const names = tree.map((entry) => (typeof entry === 'string' ? entry : entry.fn));
        expect(names).to.deep.equal(EXAMPLES);
      });

      it('serves desk and phone from the installed files', async () => {
        for (const address of ['/desk/', '/whatsapp/simulator/']) {
          await until(`${address} answers`, async () => (await fetch(nodeRed.url + address)).status === 200);
          const page = await (await read(address, 'text/html')).text();
          const [, script] = /<script[^>]+src="\.?\/?([^"]+\.js)"/.exec(page) ?? [];
          expect(script, address).to.be.a('string');
          await (await read(address + script!, '*/*')).arrayBuffer();
        }
      });
    });
  }

  it('says in one clear line that a Node.js is too old', async () => {
    const old = oldNode(folder);
    const nodeRed = await start({ version: 4, node: old.node, nodeArgs: old.args });
    try {
      await nodeRed.started;
      await until('the line', () => nodeRed.output().includes('22.16'));
      const lines = nodeRed
        .output()
        .split('\n')
        .filter((line) => line.includes('22.16'));
      expect(lines, nodeRed.output()).to.have.length(1);
      expect(lines[0]).to.include(`Node.js ${old.version}`).and.include('too old');
      expect(nodeRed.output()).to.not.match(/^\s+at .+:\d+:\d+\)?$/m);
    } finally {
      await nodeRed.stop();
    }
  });

  async function start(options: Partial<NodeRedOptions>): Promise<NodeRedProcess> {
    const userDir = mkdtempSync(path.join(folder, 'user-'));
    return startNodeRed({
      userDir,
      port: await anyFreePort(),
      nodesDir: installed,
      flows: exampleFlow('01 Answer by an agent'),
      ...options,
    });
  }
});

/** The call of registerType for one type, as far as the next one. */
function registration(html: string, type: string): string {
  const start = html.search(new RegExp(`RED\\.nodes\\.registerType\\(\\s*['"]${type}['"]`));
  expect(start, `registerType of ${type}`).to.be.at.least(0);
  const end = html.indexOf('</script>', start);
  return html.slice(start, end);
}

function textOf(catalogue: Catalogue, key: string): unknown {
  return key.split('.').reduce<unknown>((level, part) => (level as Catalogue | undefined)?.[part], catalogue);
}
