import { contextBridge } from 'electron';

/** Only what a browser can't know. The desk asks the gateway for everything else. */
contextBridge.exposeInMainWorld('atelierHost', { kind: 'desktop', platform: process.platform });
