// SPDX-License-Identifier: MIT
// chatsettings.tsx - a chat's name, topic, rules; what it may tell me; the ways out, last.

import { useState } from 'preact/hooks';
import type { Chat } from '../../lib/session.js';
import type { Level, PostBy } from '../../lib/types.js';
import { t } from '../../strings/index.js';
import { ChatAvatar } from '../common/avatar.js';
import { confirm } from '../common/dialog.js';
import { Field } from '../common/field.js';
import { run } from '../chat/actions.js';
import { titleOf } from '../chat/title.js';
import { leave } from '../list/chatmenu.js';
import { Choice } from '../settings/settings.js';
import { session } from '../store.js';

export function ChatSettings({ chat }: { chat: Chat }) {
  const meta = chat.meta.value;
  const [title, setTitle] = useState(meta.title ?? ''), [topic, setTopic] = useState(meta.topic ?? '');
  const governs = meta.kind !== 'direct' && ['moderator', 'owner'].includes(meta.role ?? '');
  return (
    <div class="stack">
      <div class="profile-head"><ChatAvatar meta={meta} size={56} /><div class="grow"><p class="t-title cut" dir="auto">{titleOf(meta)}</p><p class="t-small ink3">{t(`kind.${meta.kind}` as const)}</p></div></div>
      {governs && <Field label={t('chat.name')} value={title} set={setTitle} maxLength={100} dir="auto" onBlur={() => title.trim() && title.trim() !== meta.title && run(session.update(chat.id, { title: title.trim() }))} />}
      {governs && <Field label={t('chat.topic')} value={topic} set={setTopic} maxLength={250} dir="auto" onBlur={() => topic.trim() !== (meta.topic ?? '') && run(session.update(chat.id, { topic: topic.trim() }))} />}
      {!governs && meta.topic && <p class="ink2" dir="auto">{meta.topic}</p>}
      <div class="field"><span class="label">{t('notify')}</span>
        <Choice<Level> label={t('notify')} value={meta.level ?? 'all'} set={(level) => run(session.notify(chat.id, { level }))} options={[['all', t('notify.all')], ['mentions', t('notify.mentions')], ['none', t('notify.none')]]} /></div>
      {governs && <div class="field"><span class="label">{t('chat.post')}</span>
        <Choice<PostBy> label={t('chat.post')} value={meta.post ?? 'all'} set={(post) => run(session.update(chat.id, { post }))} options={[['all', t('chat.postAll')], ['moderators', t('chat.postModerators')]]} /></div>}
      {governs && <button type="button" class="btn" onClick={() => (meta.archived ? run(session.update(chat.id, { archived: false })) : confirm(t('archive'), t('archive.ask'), t('archive'), () => run(session.update(chat.id, { archived: true }))))}>{meta.archived ? t('restore') : t('archive')}</button>}
      {meta.kind !== 'direct' && <button type="button" class="btn danger" onClick={() => leave(chat)}>{t('leave')}</button>}
    </div>
  );
}
