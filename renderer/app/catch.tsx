import { Component, type ReactNode } from 'react';
import { Blank } from '../ui/blank.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { i18n } from './i18n.ts';

/** The last net: a page that throws shows words and a way on, not a white window. */
export class Catch extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Blank level={1} title={i18n.t('errors.pageTitle')} body={i18n.t('errors.pageBody')}>
        <Button look="primary" onClick={() => location.reload()}>
          {i18n.t('errors.reload')}
        </Button>
        <CopyButton text={error.stack ?? error.message} label={i18n.t('common.copyDetails')} />
      </Blank>
    );
  }
}
