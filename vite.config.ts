import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

/** The page: plain files that both carriers serve. Nothing is inlined, so that the content security policy can forbid inline code. */
const renderer: UserConfig = {
  root: 'renderer',
  base: './',
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome120',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000, // read from this computer, not from a network
  },
};

/** Bundles everything but node's own modules and electron, so that the packaged program holds no node_modules. */
function nodeBundle(entry: string, outDir: string, format: 'es' | 'cjs', fileName: string): UserConfig {
  return {
    publicDir: false,
    ssr: { noExternal: true, external: ['electron'], target: 'node' },
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: true,
      target: 'node24',
      rolldownOptions: { output: { format, entryFileNames: fileName, codeSplitting: false } },
    },
  };
}

/** `--mode renderer`, `main` (ESM), `watchdog` or `preload` (one CommonJS file each: the sandbox and the archive take it best). */
export default defineConfig(({ mode }) => {
  if (mode === 'main') return nodeBundle('main/desktop.ts', 'dist/main', 'es', 'desktop.js');
  if (mode === 'watchdog') return nodeBundle('main/system-proxy/watchdog.ts', 'dist/watchdog', 'cjs', 'watchdog.cjs');
  if (mode === 'preload') return nodeBundle('preload/index.ts', 'dist/preload', 'cjs', 'index.cjs');
  return { ...renderer, mode: 'production' };
});
