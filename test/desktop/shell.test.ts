import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { describe, expect, it } from 'vitest';
import { serveBridge } from '../../electron/desktop/bridge.ts';
import { type ElectronParts, runShell } from '../../electron/desktop/shell.ts';
import { opensOutside, staysInside, windowOptions } from '../../electron/desktop/window.ts';

/** A stand-in at the seam: Electron's binary can't run in a test. It records what the shell asks of it. */
function standIn(options: { firstInstance?: boolean } = {}) {
  const calls: string[] = [];
  const app = Object.assign(new EventEmitter(), {
    requestSingleInstanceLock: () => options.firstInstance ?? true,
    whenReady: () => Promise.resolve(),
    getVersion: () => '1.2.3',
    quit: () => calls.push('quit'),
    exit: (code: number) => calls.push(`exit ${code}`),
  });
  class Window extends EventEmitter {
    show = () => calls.push('show');
    focus = () => undefined;
    isDestroyed = () => false;
    loadURL = (url: string) => {
      calls.push(`load ${url}`);
      return Promise.resolve();
    };
  }
  class TrayIcon extends EventEmitter {
    setToolTip = () => undefined;
    setContextMenu = () => undefined;
  }
  const parts = {
    app,
    BrowserWindow: Window,
    Tray: TrayIcon,
    ipcMain: Object.assign(new EventEmitter(), { handle: () => undefined }),
    Menu: { buildFromTemplate: (items: unknown) => items, setApplicationMenu: () => undefined },
    nativeImage: { createFromPath: () => ({}) },
    shell: { openExternal: () => Promise.resolve() },
    dialog: { showErrorBox: (title: string, text: string) => calls.push(`${title}: ${text}`) },
    session: { defaultSession: { setPermissionRequestHandler: () => undefined } },
  } as unknown as ElectronParts;
  return { app, calls, parts };
}

const paths = { preload: '/preload.cjs', icon: '/icon.png', trayIcon: '/tray.png' };

describe('the desktop shell', () => {
  it('starts the studio and shows its desk', async () => {
    const { parts, calls } = standIn();
    await runShell(parts, {
      ...paths,
      createStudio: (version) => {
        calls.push(`studio ${version}`);
        return Promise.resolve({
          gateway: {} as never,
          start: () => Promise.resolve({ url: 'http://127.0.0.1:7788' }),
          stop: () => Promise.resolve(),
        });
      },
    });
    expect(calls).toEqual(['studio 1.2.3', 'load http://127.0.0.1:7788', 'show']);
  });

  it('leaves the field to an instance that already runs', async () => {
    const { parts, calls } = standIn({ firstInstance: false });
    await runShell(parts, { ...paths, createStudio: () => Promise.reject(new Error('must not start')) });
    expect(calls).toEqual(['quit']);
  });

  it('says why the studio could not start, then ends', async () => {
    const { parts, calls } = standIn();
    await runShell(parts, { ...paths, createStudio: () => Promise.reject(new Error('the port is taken')) });
    expect(calls).toEqual(['Atelier could not start: the port is taken', 'exit 1']);
  });

  it('waits for the studio to stop before it quits', async () => {
    const { app, parts, calls } = standIn();
    let stopped: () => void = () => undefined;
    await runShell(parts, {
      ...paths,
      createStudio: () =>
        Promise.resolve({
          gateway: {} as never,
          start: () => Promise.resolve({ url: 'http://127.0.0.1:7788' }),
          stop: () => new Promise<void>((done) => (stopped = done)),
        }),
    });
    let prevented = false;
    app.emit('before-quit', { preventDefault: () => (prevented = true) });
    expect(prevented).toBe(true);
    expect(calls).not.toContain('exit 0');
    stopped();
    await new Promise((done) => setImmediate(done));
    expect(calls).toContain('exit 0');
  });
});

describe('what the desk asks of the app', () => {
  const address = 'http://127.0.0.1:7788';
  const from = (url: string) => ({ senderFrame: { url } });

  /** The app's end of the bridge with everything it does written down. */
  function bridge() {
    const calls: string[] = [];
    let openAtLogin = false;
    const handlers = new Map<string, (event: unknown, on?: unknown) => unknown>();
    const ipcMain = Object.assign(new EventEmitter(), {
      handle: (name: string, act: (event: unknown) => unknown) => handlers.set(name, act),
    });
    const app = {
      setLoginItemSettings: (settings: { openAtLogin: boolean }) => ({ openAtLogin } = settings),
      getLoginItemSettings: () => ({ openAtLogin }),
    };
    const window = { setProgressBar: (share: number) => calls.push(`progress ${share}`) };
    serveBridge({ app, ipcMain } as unknown as ElectronParts, {
      address,
      show: () => calls.push('show'),
      window: () => window as unknown as Electron.BrowserWindow,
    });
    return { calls, ipcMain, login: handlers.get('atelier:start-at-login') };
  }

  it('is shown, told how far the work is, and started with the computer', () => {
    const { calls, ipcMain, login } = bridge();
    ipcMain.emit('atelier:show', from(`${address}/tasks`));
    for (const share of [0.4, 7, null]) ipcMain.emit('atelier:progress', from(address), share);
    expect(calls).toEqual(['show', 'progress 0.4', 'progress 1', 'progress -1']);
    expect(login?.(from(address))).toBe(false);
    expect(login?.(from(address), true)).toBe(true);
    expect(login?.(from(address))).toBe(true);
  });

  it('is refused to any other page', () => {
    const { calls, ipcMain, login } = bridge();
    const stranger = from('https://example.com/');
    ipcMain.emit('atelier:show', stranger);
    ipcMain.emit('atelier:progress', { senderFrame: null }, 0.5);
    expect(login?.(stranger, true)).toBe(false);
    expect(login?.(from(address))).toBe(false);
    expect(calls).toEqual([]);
  });
});

describe('the window', () => {
  it('is sandboxed, isolated and without Node', () => {
    expect(windowOptions(paths).webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
    });
  });

  it.each([
    ['http://127.0.0.1:7788/tasks', true],
    ['http://127.0.0.1:7789/', false],
    ['http://localhost:7788/', false],
    ['https://example.com/', false],
    ['file:///etc/passwd', false],
    ['nonsense', false],
  ])('navigates to %s: %s', (target, allowed) => {
    expect(staysInside('http://127.0.0.1:7788', target)).toBe(allowed);
  });

  it.each([
    ['https://docs.comfy.org/', true],
    ['http://example.com/', false],
    ['javascript:alert(1)', false],
    ['file:///etc/passwd', false],
  ])('opens %s in the browser: %s', (target, allowed) => {
    expect(opensOutside(target)).toBe(allowed);
  });
});
