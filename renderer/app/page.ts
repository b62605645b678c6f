import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import { laterTexts } from './i18n.ts';

/** A part of the desk that comes when it is asked for, together with its words. */
export const later = <Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> =>
  lazy<ComponentType<Props>>(async () => {
    const [part] = await Promise.all([load(), laterTexts()]);
    return part;
  });
