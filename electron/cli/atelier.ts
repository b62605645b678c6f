import { enableCompileCache } from 'node:module';

// A third of a start is compiling; the second start reads what the first one left. Before anything big is loaded.
enableCompileCache();
const { main } = await import('./main.ts');
process.exitCode = await main(import.meta.filename);
