// SPDX-License-Identifier: MIT
// marks.ts - how far each has received and read, and what that makes of one's own ticks.

import type { ChatKind, Mark, Member, Seq, Tick, TickLine, UserId } from '../types.js';

export type Marks = ReadonlyMap<UserId, Mark>;

export const MARKS_SHOWN_TO = 50; // members; in larger chats the server tells no marks

/** Marks only rise; what is read has been delivered. */
export function raised(marks: Marks, user: UserId, delivered: Seq, read: Seq): Marks {
  const old = marks.get(user) ?? { delivered: 0, read: 0 };
  const now = { read: Math.max(old.read, read), delivered: Math.max(old.delivered, delivered, read) };
  if (marks.has(user) && now.read === old.read && now.delivered === old.delivered) return marks;
  return new Map(marks).set(user, now);
}

/** The list of members: who is not in it has no mark any more, nor has who tells none. */
export function ofMembers(marks: Marks, members: readonly Member[]): Marks {
  const out = new Map<UserId, Mark>();
  for (const m of members) {
    const old = marks.get(m.user);
    if (m.read === undefined && m.delivered === undefined) continue;
    out.set(m.user, raised(old ? new Map([[m.user, old]]) : new Map(), m.user, m.delivered ?? 0, m.read ?? 0).get(m.user)!);
  }
  return out;
}

/** The line up to which all others have confirmed. Who tells no marks is not waited for; a chat in
 * which nobody tells any, or whose members are not known yet, shows "sent". */
export function tickLine(marks: Marks, self: UserId, kind: ChatKind, members: number, complete: boolean): TickLine {
  if (members > MARKS_SHOWN_TO || (kind !== 'direct' && !complete)) return { delivered: 0, read: 0 };
  const others = [...marks].filter(([id]) => id !== self).map(([, m]) => m);
  if (!others.length) return { delivered: 0, read: 0 };
  return { delivered: Math.min(...others.map((m) => m.delivered)), read: Math.min(...others.map((m) => m.read)) };
}

export function tickOf(line: TickLine, seq: Seq): Tick {
  if (seq <= line.read) return 'read';
  return seq <= line.delivered ? 'delivered' : 'sent';
}

/** Who has read a message, who only received it, who neither. `silent`: they tell no marks. */
export function readers(marks: Marks, people: readonly UserId[], self: UserId, from: UserId, seq: Seq) {
  const out = { read: [] as UserId[], delivered: [] as UserId[], not: [] as UserId[], silent: [] as UserId[] };
  for (const id of people) {
    if (id === self || id === from) continue;
    const m = marks.get(id);
    if (!m) out.silent.push(id);
    else if (m.read >= seq) out.read.push(id);
    else if (m.delivered >= seq) out.delivered.push(id);
    else out.not.push(id);
  }
  return out;
}
