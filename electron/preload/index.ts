import { contextBridge, ipcRenderer } from 'electron';

/** Only what a browser can't know or do. The desk asks the gateway for everything else. */
contextBridge.exposeInMainWorld('atelierHost', {
  kind: 'desktop',
  platform: process.platform,
  show: () => ipcRenderer.send('atelier:show'),
  progress: (share: number | null) => ipcRenderer.send('atelier:progress', share),
  startAtLogin: (on?: boolean) => ipcRenderer.invoke('atelier:start-at-login', on),
});
