// SPDX-License-Identifier: MIT
// field.tsx - a label, a field, and what to know or to mend below it; passwords with an eye and a meter.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../../strings/index.js';
import { Icon } from './icon.js';

type InputProps = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'label' | 'value' | 'onInput'>;
interface Props extends InputProps {
  label: string;
  value: string;
  set: (value: string) => void;
  hint?: string;
  error?: string;
}

export const ErrorLine = ({ text, id }: { text: string; id?: string }) => (
  <p class="error" id={id} role="alert"><Icon name="warn" size={16} /><span>{text}</span></p>
);

export function Field({ label, value, set, hint, error, ...input }: Props) {
  const id = useId();
  const below = error ? `${id}e` : hint ? `${id}h` : undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} class="input" value={value} aria-invalid={!!error} aria-describedby={below} onInput={(e) => set(e.currentTarget.value)} {...(input as object)} />
      {error ? <ErrorLine text={error} id={`${id}e`} /> : hint && <p class="hint" id={`${id}h`}>{hint}</p>}
    </div>
  );
}

const steps = [8, 10, 12, 16];
export function Password({ label, value, set, error, meter, autocomplete }: Props & { meter?: boolean }) {
  const id = useId();
  const [shown, show] = useState(false);
  const n = [...value].length;
  const good = steps.filter((s) => n >= s).length;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="with-end">
        <input id={id} class="input" type={shown ? 'text' : 'password'} value={value} maxLength={1024} autocomplete={autocomplete} aria-invalid={!!error}
          aria-describedby={`${id}b`} onInput={(e) => set(e.currentTarget.value)} />
        <button type="button" class="icon-btn end" aria-pressed={shown} aria-label={t('password.show')} onClick={() => show(!shown)}><Icon name="eye" /></button>
      </div>
      {meter && <div class="meter" aria-hidden="true">{steps.map((s, i) => <i key={s} class={i < good ? 'on' : ''} />)}</div>}
      <div id={`${id}b`}>
        {error ? <ErrorLine text={error} /> : meter && (good
          ? <p class="hint good"><Icon name="check" size={16} />{t('password.good', { n })}</p>
          : <p class="hint">{t('password.rule')}</p>)}
      </div>
    </div>
  );
}

/** A button that is busy while its promise runs. */
export function Submit({ busy, children, ...rest }: { busy: boolean } & JSX.ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type="submit" class="btn primary big" aria-busy={busy} disabled={busy} {...rest}>{children}</button>;
}

export const Switch = ({ on, set, label }: { on: boolean; set: (on: boolean) => void; label: string }) => (
  <button type="button" class="switch" role="switch" aria-checked={on} aria-label={label} onClick={() => set(!on)} />
);
