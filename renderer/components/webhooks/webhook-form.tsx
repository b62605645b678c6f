import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { type CreateWebhookRequest, type WebhookEvent, webhookEvents } from '#shared/wire/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/controls.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';
import { Problem } from '../problem.tsx';

interface FormProps {
  /** Makes the ids on the page unique. */
  readonly id: string;
  readonly initial?: CreateWebhookRequest;
  readonly privateAllowed: boolean;
  readonly act: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (webhook: CreateWebhookRequest) => void;
  readonly onCancel: () => void;
}

const blank: CreateWebhookRequest = {
  display_name: '',
  webhook_url: '',
  webhook_events: [...webhookEvents],
};

interface EventsProps {
  readonly id: string;
  readonly chosen: readonly WebhookEvent[];
  readonly error: string | undefined;
  readonly onChange: (chosen: WebhookEvent[]) => void;
}

function Events({ id, chosen, error, onChange }: EventsProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="flex flex-col gap-2" aria-describedby={error ? `${id}-error` : undefined}>
      <legend className="mb-1.5 text-small font-medium">{t('webhooks.tellOf')}</legend>
      {webhookEvents.map((event) => (
        <div key={event} className="relative flex min-h-8 items-center gap-2.5">
          <Checkbox
            wide
            aria-labelledby={`${id}-${event}`}
            checked={chosen.includes(event)}
            onChange={(on) =>
              onChange(webhookEvents.filter((one) => (one === event ? on : chosen.includes(one))))
            }
          />
          <span id={`${id}-${event}`}>{t(`webhooks.events.${event}`)}</span>
        </div>
      ))}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-small text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** Name, address and events: for a new webhook and for one that changes. */
export function WebhookForm({ id, initial = blank, onSubmit, ...props }: FormProps) {
  const { t } = useTranslation();
  const form = useForm<CreateWebhookRequest>({ defaultValues: initial });
  const { register, handleSubmit, watch, setValue, formState, setError, clearErrors } = form;
  const { display_name: name, webhook_url: url, webhook_events: events } = formState.errors;
  const submit = handleSubmit((webhook) => {
    if (webhook.webhook_events.length === 0)
      setError('webhook_events', { message: t('webhooks.eventsRule') });
    else
      onSubmit({
        ...webhook,
        display_name: webhook.display_name.trim(),
        webhook_url: webhook.webhook_url.trim(),
      });
  });
  const hint = t(props.privateAllowed ? 'webhooks.addressHintPrivate' : 'webhooks.addressHint');
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <Field id={`${id}-name`} label={t('webhooks.name')} error={name?.message}>
        <input
          id={`${id}-name`}
          className={`${controlClass} h-10`}
          {...describes(`${id}-name`, name?.message)}
          {...register('display_name', {
            validate: (value) =>
              (value.trim() !== '' && value.trim().length <= 255) || t('webhooks.nameRule'),
          })}
        />
      </Field>
      <Field id={`${id}-url`} label={t('webhooks.address')} error={url?.message} hint={hint}>
        <input
          id={`${id}-url`}
          type="url"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://"
          className={`${controlClass} h-10`}
          {...describes(`${id}-url`, url?.message, hint)}
          {...register('webhook_url', {
            validate: (value) =>
              /^https?:$/.test(URL.parse(value.trim())?.protocol ?? '') || t('webhooks.addressRule'),
          })}
        />
      </Field>
      <Events
        id={`${id}-events`}
        chosen={watch('webhook_events')}
        error={events?.message}
        onChange={(chosen) => {
          clearErrors('webhook_events');
          setValue('webhook_events', chosen);
        }}
      />
      {props.error && <Problem error={props.error} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" disabled={props.busy}>
          {props.act}
        </Button>
        <Button look="quiet" onClick={props.onCancel}>
          {t('common.cancel')}
        </Button>
      </div>
    </form>
  );
}
