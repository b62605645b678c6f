/** What the desktop app adds to a browser, by its preload script; nothing of it is there in a browser. */
export interface Host {
  readonly kind: 'desktop';
  readonly platform: string;
  /** Brings the window to the front. */
  show?(): void;
  /** On the icon in the taskbar or dock: 0 to 1; null takes it away. */
  progress?(share: number | null): void;
  /** Does the app start with the computer? A value sets it first. */
  startAtLogin?(on?: boolean): Promise<boolean>;
}

export const host: Host | undefined = (window as { atelierHost?: Host }).atelierHost;
