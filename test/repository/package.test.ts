import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../scripts/paths.ts';

interface Lock {
  packages: Record<
    string,
    { resolved?: string; hasInstallScript?: boolean; dev?: boolean; devOptional?: boolean; dependencies?: Record<string, string> }
  >;
}

const manifest = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as Record<
  string,
  Record<string, string>
>;
const lock = JSON.parse(readFileSync(path.join(packageRoot, 'package-lock.json'), 'utf8')) as Lock;

describe('the package', () => {
  it('has one dependency, and nothing of what it brings runs an install script', () => {
    expect(Object.keys(manifest['dependencies']!)).to.have.members(['twilio']);
    const atRunTime = Object.entries(lock.packages).filter(([where, entry]) => where !== '' && !entry.dev && !entry.devOptional);
    expect(atRunTime).to.have.length.above(1);
    expect(atRunTime.filter(([, entry]) => entry.hasInstallScript)).to.deep.equal([]);
  });

  it('has no install script of its own', () => {
    expect(manifest['scripts']).to.not.have.any.keys('preinstall', 'install', 'postinstall', 'prepare');
  });

  it('has a lock that names no download address', () => {
    const addresses = Object.values(lock.packages).flatMap((entry) => entry.resolved ?? []);
    expect(addresses).to.deep.equal([]);
    expect(JSON.stringify(lock.packages['']!.dependencies)).to.equal(JSON.stringify(manifest['dependencies']));
  });
});

describe('the first step of every script', () => {
  const runAs = (version: string, script: string, folder = packageRoot) =>
    spawnSync(
      process.execPath,
      [
        '--import',
        `data:text/javascript,Object.defineProperty(process,'version',{value:'${version}'})`,
        'scripts/run.mjs',
        script,
      ],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );

  it('refuses a name nobody knows, in one line', () => {
    const { status, stderr } = runAs('v24.0.0', 'nonsense');
    expect(status).to.equal(1);
    expect(stderr).to.equal('There is no script called "nonsense".\n');
  });

  it('refuses an old Node.js in one line, when none came with the installation', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'first-step-'));
    try {
      mkdirSync(path.join(folder, 'scripts'));
      cpSync(path.join(packageRoot, 'scripts/run.mjs'), path.join(folder, 'scripts/run.mjs'));
      writeFileSync(path.join(folder, 'scripts/build.ts'), 'console.log("it ran");');
      for (const version of ['v18.20.8', 'v20.20.2', 'v22.15.1']) {
        const { status, stdout, stderr } = runAs(version, 'build', folder);
        expect(status).to.equal(1);
        expect(stdout).to.equal('');
        expect(stderr).to.equal(
          `Node.js 22.16 or newer is needed, and this is ${version}. Run "npm ci" first: it brings one along.\n`,
        );
      }
      expect(runAs('v22.18.0', 'build', folder).stdout).to.equal('it ran\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is written for a Node.js that knows no TypeScript', () => {
    const text = readFileSync(path.join(packageRoot, 'scripts/run.mjs'), 'utf8');
    expect([...text.matchAll(/from '([^']+)'/g)].map((match) => match[1])).to.satisfy((modules: string[]) =>
      modules.every((name) => name.startsWith('node:')),
    );
  });
});
