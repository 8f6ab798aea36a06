import vue from '@vitejs/plugin-vue';
import type { UserConfig } from 'vite';

/**
 * How a page of ours is built: the desk and the simulator's phone. Addresses are relative, because an admin chooses where
 * a page is mounted.
 * @param root the page's folder, an absolute path
 * @param output where the built page goes, an absolute path
 */
export function pageConfig(root: string, output: string): UserConfig {
  return {
    root,
    base: './',
    plugins: [vue()],
    define: {
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      __VUE_I18N_FULL_INSTALL__: 'false',
      __VUE_I18N_LEGACY_API__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
      __INTLIFY_DROP_MESSAGE_COMPILER__: 'false',
    },
    build: {
      outDir: output,
      emptyOutDir: true,
      target: ['chrome123', 'firefox121', 'safari17.5'],
      // The pages' content security policy allows no data: addresses, so nothing may be inlined.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 400,
    },
  };
}
