import type Electron from 'electron';
import type { Studio } from '../studio.ts';
import { serveBridge } from './bridge.ts';
import { applicationMenu, trayMenu } from './menus.ts';
import { guardContents, windowOptions } from './window.ts';

/** The parts of Electron that the shell uses; tests pass their own. */
export type ElectronParts = Pick<
  typeof Electron,
  'app' | 'BrowserWindow' | 'ipcMain' | 'Menu' | 'Tray' | 'nativeImage' | 'shell' | 'dialog' | 'session'
>;

export interface ShellOptions {
  readonly preload: string;
  readonly icon: string;
  readonly trayIcon: string;
  readonly createStudio: (version: string) => Promise<Studio>;
}

/**
 * The app around a studio: one window on the desk, a tray icon so that a closed window keeps rendering, and a quit that
 * waits until the engine has ended. Everything a browser could do is left to the desk.
 */
export async function runShell(parts: ElectronParts, options: ShellOptions): Promise<void> {
  const { app, dialog } = parts;
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  let studio: Studio | undefined;
  let window: Electron.BrowserWindow | undefined;
  let address = '';
  let quitting = false;

  const show = () => {
    if (!address) return;
    if (!window || window.isDestroyed()) window = openWindow(parts, options, address);
    window.show();
    window.focus();
  };

  app.on('second-instance', show);
  app.on('activate', show);
  // The tray keeps the studio: closing the window must not end a night's queue.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    if (quitting || !studio) return;
    event.preventDefault();
    quitting = true;
    void studio.stop().finally(() => app.exit(0));
  });

  await app.whenReady();
  try {
    studio = await options.createStudio(app.getVersion());
    ({ url: address } = await studio.start());
  } catch (error) {
    dialog.showErrorBox('Atelier could not start', error instanceof Error ? error.message : String(error));
    await studio?.stop();
    app.exit(1);
    return;
  }
  guardContents(parts, address);
  serveBridge(parts, { address, show, window: () => (window?.isDestroyed() ? undefined : window) });
  parts.Menu.setApplicationMenu(applicationMenu(parts, address));
  const tray = new parts.Tray(parts.nativeImage.createFromPath(options.trayIcon));
  tray.setToolTip('Atelier');
  tray.setContextMenu(trayMenu(parts, show));
  tray.on('click', show);
  show();
}

function openWindow(parts: ElectronParts, options: ShellOptions, address: string): Electron.BrowserWindow {
  const window = new parts.BrowserWindow(windowOptions(options));
  void window.loadURL(address);
  return window;
}
