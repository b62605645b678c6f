// `npm start`: the desktop app where Electron's binary and a screen are there, else the same studio headless.
import './ensure-built.mjs';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Electron's own package downloads its binary when it is required; reading its folder does not. */
function electronBinary() {
  const folder = join(root, 'node_modules/electron');
  const named = join(folder, 'path.txt');
  if (!existsSync(named)) return null;
  const binary = join(folder, 'dist', readFileSync(named, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

const hasScreen = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const binary = electronBinary();
const args = process.argv.slice(2);

if (binary && hasScreen) {
  const app = spawn(binary, [root, ...args], { stdio: 'inherit' });
  app.on('exit', (code) => process.exit(code ?? 1));
} else {
  const why = binary
    ? 'there is no screen here'
    : "Electron's binary is not installed (npx install-electron)";
  console.log(`Starting Atelier headless: ${why}. Open the address below in a browser.`);
  process.argv = [process.argv[0] ?? 'node', 'atelier', 'serve', ...args];
  await import('../out/main/cli.js');
}
