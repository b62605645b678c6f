import type Electron from 'electron';
import type { ElectronParts, ShellOptions } from './shell.ts';

/** All protections are Electron's defaults today; they are said aloud so that no default can change them. */
export function windowOptions(
  options: Pick<ShellOptions, 'preload' | 'icon'>,
): Electron.BrowserWindowConstructorOptions {
  return {
    width: 1440,
    height: 900,
    minWidth: 380,
    minHeight: 560,
    backgroundColor: '#141210',
    icon: options.icon,
    show: false,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      nodeIntegration: false,
      sandbox: true,
      webSecurity: true,
    },
  };
}

/** May this page be shown inside the app? Only the studio's own desk. */
export function staysInside(address: string, target: string): boolean {
  return URL.canParse(target) && new URL(target).origin === new URL(address).origin;
}

/** Is this an address that the user's own browser may open? */
export function opensOutside(target: string): boolean {
  return URL.canParse(target) && new URL(target).protocol === 'https:';
}

/** No page but the desk, no pop-ups, no permissions beyond notifications and the clipboard. */
export function guardContents({ app, shell, session }: ElectronParts, address: string): void {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, allow) => {
    allow(permission === 'notifications' || permission === 'clipboard-sanitized-write');
  });
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event, target) => {
      if (!staysInside(address, target)) event.preventDefault();
    });
    contents.setWindowOpenHandler(({ url }) => {
      if (opensOutside(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}
