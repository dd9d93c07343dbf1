// SPDX-License-Identifier: MIT
// time.ts - times as people write them, by Intl. `now` is always given, so that tests can say it.

import type { Ms } from '../types.js';

const DAY: Ms = 86_400_000;
const cache = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, o: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(o);
  let f = cache.get(key);
  if (!f) cache.set(key, (f = new Intl.DateTimeFormat(locale, o)));
  return f;
}

const midnight = (ts: Ms): Ms => {
  const d = new Date(ts);
  return new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
};

/** Calendar days from ts to now, in this place: 0 today, 1 yesterday. */
export const daysAgo = (ts: Ms, now: Ms): number => Math.round((midnight(now) - midnight(ts)) / DAY);

const sameYear = (a: Ms, b: Ms): boolean => new Date(a).getFullYear() === new Date(b).getFullYear();

/** 14:32, or 2:32 PM where that is the custom. */
export const clock = (ts: Ms, locale: string): string => format(locale, { hour: 'numeric', minute: '2-digit' }).format(ts);

/** The list of chats: today 14:32, this week Mon, this year 3 Nov, else 3.11.24. */
export function listTime(ts: Ms, now: Ms, locale: string): string {
  const days = daysAgo(ts, now);
  if (days <= 0) return clock(ts, locale);
  if (days < 7) return format(locale, { weekday: 'short' }).format(ts);
  if (sameYear(ts, now)) return format(locale, { day: 'numeric', month: 'short' }).format(ts);
  return format(locale, { day: 'numeric', month: 'numeric', year: '2-digit' }).format(ts);
}

/** Everything, for a title: Tuesday, 24 November 2026 at 14:32:10. */
export const fullTime = (ts: Ms, locale: string): string => format(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(ts);

/** The day divider: Today, Yesterday, Tuesday 24 November, with the year if it is not this one. */
export function dayLabel(ts: Ms, now: Ms, locale: string, words: { today: string; yesterday: string }): string {
  const days = daysAgo(ts, now);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  const o: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
  return format(locale, sameYear(ts, now) ? o : { ...o, year: 'numeric' }).format(ts);
}

/** Last seen: 13:10 today, else day and time. */
export function seenTime(ts: Ms, now: Ms, locale: string): string {
  if (daysAgo(ts, now) === 0) return clock(ts, locale);
  const o: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' };
  return format(locale, sameYear(ts, now) ? o : { ...o, year: 'numeric' }).format(ts);
}

/** 3 November, with the year if it is not this one. */
export const dateOnly = (ts: Ms, now: Ms, locale: string): string =>
  format(locale, { day: 'numeric', month: 'long', ...(sameYear(ts, now) ? {} : { year: 'numeric' }) }).format(ts);

/** "in 8 minutes", "3 days ago": the largest unit that fits. */
export function relative(ts: Ms, now: Ms, locale: string): string {
  const f = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const s = Math.round((ts - now) / 1000);
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3600], ['minute', 60]];
  for (const [unit, size] of steps) if (Math.abs(s) >= size) return f.format(Math.trunc(s / size), unit);
  return f.format(s, 'second');
}
