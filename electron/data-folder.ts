import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The studio's folder: the one that is named, else ATELIER_DATA, else the platform's place for application data. */
export function dataFolder(named?: string): string {
  const said = named ?? process.env.ATELIER_DATA;
  if (said) return resolve(said);
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Atelier');
  if (process.platform === 'win32') {
    return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Atelier');
  }
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'atelier');
}
