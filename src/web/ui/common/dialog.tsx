// SPDX-License-Identifier: MIT
// dialog.tsx - modal dialogs on the platform's <dialog>: focus inside, Esc closes, focus goes back.

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../strings/index.js';
import { Icon } from './icon.js';

export const dialog = signal<(() => ComponentChildren) | null>(null);
export const showDialog = (content: () => ComponentChildren): void => {
  dialog.value = content;
};
export const closeDialog = (): void => {
  dialog.value = null;
};

/** The frame: a title with a way out. bare: the content draws all of it. */
export function Dialog({ title, width = 480, bare, top, children }: { title: string; width?: number; bare?: boolean; top?: boolean; children: ComponentChildren }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const el = ref.current!;
    const back = document.activeElement as HTMLElement | null;
    el.style.width = `min(${width}px, calc(100vw - 16px))`;
    el.showModal();
    el.querySelector<HTMLElement>('[data-first], input, textarea')?.focus();
    return () => {
      el.close();
      back?.focus?.();
    };
  }, []);
  const outside = (e: MouseEvent) => {
    if (e.target === ref.current) closeDialog();
  };
  return (
    <dialog ref={ref} class={`dialog${top ? ' top' : ''}`} aria-label={title} onCancel={(e) => { e.preventDefault(); closeDialog(); }} onMouseDown={outside}>
      {bare ? children : (
        <div class="dialog-body">
          <header class="dialog-head"><h2 class="t-title grow">{title}</h2>
            <button type="button" class="icon-btn" aria-label={t('close')} onClick={closeDialog}><Icon name="x" /></button></header>
          {children}
        </div>
      )}
    </dialog>
  );
}

export const DialogLayer = () => <>{dialog.value?.()}</>;

/** Asks before what cannot be undone. */
export function confirm(title: string, text: string, yes: string, run: () => void, no: string = t('cancel')): void {
  showDialog(() => (
    <Dialog title={title} width={400}>
      <p class="ink2">{text}</p>
      <div class="dialog-foot">
        <button type="button" class="btn quiet" data-first onClick={closeDialog}>{no}</button>
        <button type="button" class="btn danger" onClick={() => { closeDialog(); run(); }}>{yes}</button>
      </div>
    </Dialog>
  ));
}
