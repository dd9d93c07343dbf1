// SPDX-License-Identifier: MIT
// toast.tsx - one line about something done elsewhere, with an undo where there is one.

import { signal } from '@preact/signals';

interface Toast { text: string; action?: string; run?: () => void }
const toast = signal<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;
const wait = (t: Toast) => {
  clearTimeout(timer);
  timer = setTimeout(() => toast.value === t && (toast.value = null), t.action ? 10_000 : 5_000);
};

export function tell(text: string, action?: string, run?: () => void): void {
  const t = { text, action, run };
  toast.value = t;
  wait(t);
}

export function ToastLayer() {
  const now = toast.value;
  return (
    <div class="toasts" role="status">
      {now && (
        <div class="toast" onMouseEnter={() => clearTimeout(timer)} onMouseLeave={() => wait(now)} onFocusCapture={() => clearTimeout(timer)}>
          <span>{now.text}</span>
          {now.action && <button type="button" onClick={() => { toast.value = null; now.run?.(); }}>{now.action}</button>}
        </div>
      )}
    </div>
  );
}
