import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';

/** Outside HTTPS and localhost browsers offer no clipboard API; the old way works there. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement('textarea'), { value: text });
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

interface CopyProps {
  /** A function where the text is long and changes often. */
  readonly text: string | (() => string);
  readonly label: string;
}

export function CopyButton({ text, label }: CopyProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const onClick = () =>
    void copy(typeof text === 'string' ? text : text()).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    });
  const Icon = copied ? Check : Copy;
  return (
    <Button onClick={onClick}>
      <Icon size={16} strokeWidth={1.5} aria-hidden />
      <span aria-live="polite">{copied ? t('common.copied') : label}</span>
    </Button>
  );
}
