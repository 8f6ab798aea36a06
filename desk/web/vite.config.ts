import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { pageConfig } from '../../lib/page/vite.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Builds the desk page to `dist/desk/web`. */
export default defineConfig(pageConfig(here('.'), here('../../dist/desk/web')));
