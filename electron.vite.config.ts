import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const alias = { '#shared': resolve(import.meta.dirname, 'shared') };

const bundled = [
  ...['@fastify/busboy', '@fastify/rate-limit', '@fastify/static', '@fastify/swagger', 'fastify'],
  ...['fastify-type-provider-zod', 'jose', 'kysely', 'rotating-file-stream', 'uuid', 'ws', 'yazl', 'zod'],
];

export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      sourcemap: true,
      // One file loads faster than the some hundred small modules of these; the others bring binaries, workers or pages.
      externalizeDeps: { exclude: bundled },
      rolldownOptions: {
        // Each entry sits beside the others in out/main, so a program finds its siblings by name.
        input: {
          desktop: 'electron/desktop/main.ts',
          cli: 'electron/cli/atelier.ts',
          'starter-engine': 'electron/starter-engine/main.ts',
          'model-worker': 'electron/agent/models/model-worker.ts',
          thumbnails: 'electron/gateway/gallery/thumbnail-program.ts',
        },
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      externalizeDeps: false, // a sandboxed preload cannot load packages
      rolldownOptions: {
        input: { index: 'electron/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    resolve: { alias },
    // electron-vite insists on a relative base for file:// pages; ours live at deep addresses of a server.
    plugins: [react(), tailwindcss(), { name: 'absolute-base', config: () => ({ base: '/' }) }],
    build: {
      minify: true,
      outDir: resolve(import.meta.dirname, 'out/renderer'),
      rolldownOptions: { input: 'renderer/index.html' },
    },
  },
});
