// The script a browser must load before the desk shows anything stays within 250 kB gzip.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const desk = resolve(import.meta.dirname, '../out/renderer');
const html = readFileSync(join(desk, 'index.html'), 'utf8');
const scripts = [...html.matchAll(/(?:src|href)="\.?\/?([^"]+\.js)"/g)].map(([, path]) => path);
const bytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(desk, path))).length, 0);
console.log(`desk: first-load script ${(bytes / 1000).toFixed(0)} kB gzip in ${scripts.length} file(s)`);
process.exit(scripts.length > 0 && bytes <= 250_000 ? 0 : 1);
