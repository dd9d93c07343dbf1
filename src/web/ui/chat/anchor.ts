// SPDX-License-Identifier: MIT
// anchor.ts - the one place where the log's scroll position is set: whatever changes above, below or
// inside, the row the reader looks at keeps its pixel; a reader at the end stays at the end.

const NEAR_END = 40; // px: at the end
const rowsIn = (el: HTMLElement): HTMLElement[] => [...el.querySelectorAll<HTMLElement>('[data-key]')];

export class Anchor {
  atEnd = true;
  private key = '';
  private top = 0;
  private settled = 0; // scrollTop that we set ourselves

  constructor(private readonly el: HTMLElement) {}

  get fromEnd(): number {
    return this.el.scrollHeight - this.el.clientHeight - this.el.scrollTop;
  }

  /** The reader moved: what is first in view is what must stay. */
  note(): void {
    this.atEnd = this.fromEnd <= NEAR_END;
    const top = this.el.getBoundingClientRect().top;
    const first = this.firstVisible();
    this.key = first?.dataset.key ?? '';
    this.top = first ? first.getBoundingClientRect().top - top : 0;
  }

  /** By bisection: rows stand in order, so few boxes are measured. */
  private firstVisible(): HTMLElement | undefined {
    const rows = rowsIn(this.el), top = this.el.getBoundingClientRect().top;
    let low = 0, high = rows.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (rows[mid]!.getBoundingClientRect().bottom > top + 4) high = mid;
      else low = mid + 1;
    }
    return rows[low];
  }

  /** After the DOM changed. */
  restore(): void {
    if (this.atEnd) {
      this.el.scrollTop = this.el.scrollHeight;
    } else if (this.key) {
      const row = this.el.querySelector<HTMLElement>(`[data-key="${CSS.escape(this.key)}"]`);
      if (!row) return this.note();
      const now = row.getBoundingClientRect().top - this.el.getBoundingClientRect().top;
      if (Math.abs(now - this.top) >= 1) this.el.scrollTop += now - this.top;
    }
    this.settled = this.el.scrollTop;
  }

  /** A scroll event of our own making. */
  isOurs(): boolean {
    return Math.abs(this.el.scrollTop - this.settled) < 1;
  }

  toEnd(): void {
    this.atEnd = true;
    this.restore();
  }

  /** Puts a row at a share of the height from the top. */
  show(selector: string, share: number): boolean {
    const row = this.el.querySelector<HTMLElement>(selector);
    if (!row) return false;
    const box = row.getBoundingClientRect(), view = this.el.getBoundingClientRect();
    this.el.scrollTop += box.top - view.top - Math.max(8, (view.height - box.height) * share);
    this.note();
    return true;
  }
}
