import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './paths.ts';

/**
 * Puts the compiled storage thread, with the query builder it is written in, into one file in its own place. It is 350 small
 * modules otherwise, and a thread loads each of them anew: that was half of what a contact center's opening cost.
 */
export async function bundleStorageThread(): Promise<void> {
  // Loaded only when there is something to build.
  const { build } = await import('vite');
  const entry = path.join(packageRoot, 'dist', 'lib', 'center', 'worker.js');
  const licence = readFileSync(path.join(packageRoot, 'node_modules', 'kysely', 'LICENSE'), 'utf8').trim();
  await build({
    configFile: false,
    root: packageRoot,
    logLevel: 'warn',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: entry,
      outDir: path.dirname(entry),
      emptyOutDir: false,
      minify: false,
      target: 'node22',
      rolldownOptions: { output: { banner: `/*! With Kysely (https://kysely.dev).\n\n${licence}\n*/` } },
    },
  });
}
