/** `npm run format`: writes every file the way `npm test` wants to see it. */
import { spawnSync } from 'node:child_process';
import { packageRoot, toolPath } from './paths.ts';

const result = spawnSync(process.execPath, [toolPath('prettier'), '--write', '--log-level', 'warn', '.'], {
  cwd: packageRoot,
  stdio: 'inherit',
});
process.exitCode = result.status ?? 1;
