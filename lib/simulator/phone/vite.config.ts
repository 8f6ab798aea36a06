import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { pageConfig } from '../../page/vite.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Builds the phone page to `dist/lib/simulator/phone`. */
export default defineConfig(pageConfig(here('.'), here('../../../dist/lib/simulator/phone')));
