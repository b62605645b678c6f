import type Electron from 'electron';
import type { ElectronParts } from './shell.ts';
import { staysInside } from './window.ts';

/** The few things the desk asks of the app around it; the preload script has the other end. */
export function serveBridge(
  { app, ipcMain }: Pick<ElectronParts, 'app' | 'ipcMain'>,
  desk: {
    readonly address: string;
    readonly show: () => void;
    readonly window: () => Electron.BrowserWindow | undefined;
  },
): void {
  /** Only the desk itself may ask, not a page that came into its window somehow. */
  const isDesk = ({ senderFrame }: Pick<Electron.IpcMainEvent, 'senderFrame'>): boolean =>
    senderFrame !== null && staysInside(desk.address, senderFrame.url);

  ipcMain.on('atelier:show', (event) => {
    if (isDesk(event)) desk.show();
  });
  ipcMain.on('atelier:progress', (event, share: unknown) => {
    if (isDesk(event)) desk.window()?.setProgressBar(shareOf(share));
  });
  ipcMain.handle('atelier:start-at-login', (event, on: unknown): boolean => {
    if (!isDesk(event)) return false;
    if (typeof on === 'boolean') app.setLoginItemSettings({ openAtLogin: on });
    return app.getLoginItemSettings().openAtLogin;
  });
}

/** Below 0 takes the bar away. */
const shareOf = (share: unknown): number =>
  typeof share === 'number' && share >= 0 ? Math.min(1, share) : -1;
