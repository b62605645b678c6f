import type Electron from 'electron';
import type { ElectronParts } from './shell.ts';

/** The standard menus (copy and paste need them on macOS), and the same desk in the user's browser. */
export function applicationMenu({ Menu, shell }: ElectronParts, address: string): Electron.Menu {
  return Menu.buildFromTemplate([
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { role: 'fileMenu' },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: 'Open in browser', click: () => void shell.openExternal(address) },
        { label: 'API documentation', click: () => void shell.openExternal(`${address}/docs`) },
      ],
    },
  ]);
}

export function trayMenu({ Menu, app }: ElectronParts, show: () => void): Electron.Menu {
  return Menu.buildFromTemplate([
    { label: 'Show Atelier', click: show },
    { type: 'separator' },
    { label: 'Quit', click: () => app.quit() },
  ]);
}
