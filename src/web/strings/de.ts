// SPDX-License-Identifier: MIT
// de.ts - the words, in German. The compiler demands every key of en.ts and no other.
// „du“; das Verb auf dem Knopf; was geschah, dann was zu tun ist.

import type { Key, Text } from './index.js';

export const de: Record<Key, Text> = {
  // common
  add: 'Hinzufügen', again: 'Erneut versuchen', back: 'Zurück', cancel: 'Abbrechen', change: 'Ändern', close: 'Schließen', continue: 'Weiter', copied: 'Kopiert', copy: 'Kopieren', delete: 'Löschen',
  edit: 'Bearbeiten', more: 'Mehr', save: 'Speichern', send: 'Senden', settings: 'Einstellungen', share: 'Teilen', stay: 'Bleiben', undo: 'Rückgängig', you: 'du', today: 'Heute', yesterday: 'Gestern',
  skip: 'Zum Schreiben springen', people: { one: '{n} Person', other: '{n} Personen' }, qr: 'QR-Code dieses Links', cmd: 'Befehl', 'cmd.theme': 'Hell und dunkel wechseln',

  // errors
  'error.other': 'Das hat nicht geklappt. Versuch es erneut.', 'error.offline': 'Keine Antwort vom Server. Prüf die Verbindung und versuch es erneut.', 'error.busy': 'Der Server ist ausgelastet. Versuch es gleich noch einmal.',
  'error.read_only': 'Die Festplatte des Servers ist voll oder gestört. Nachrichten lassen sich lesen, aber nicht senden. Die Administration muss sich darum kümmern.', 'error.forbidden': 'Das darfst du hier nicht.',
  'error.rate_limited': 'Zu viele Versuche. Warte einen Moment.', 'error.too_large': 'Das ist zu lang. Kürz es.', 'error.shutting_down': 'Der Server startet neu. Versuch es gleich noch einmal.',

  // before one is in
  'stage.line': 'Ein ruhiger Ort, an dem ihr euch unterhaltet.', 'stage.sub': 'Alles bleibt auf diesem Server: Nachrichten, Dateien und Konten.',
  'field.name': 'Dein Name', 'field.username': 'Benutzername', 'field.usernameRule': 'Nimm a–z, 0–9, Punkte, Binde- und Unterstriche.', 'field.password': 'Passwort',
  'password.show': 'Passwort zeigen', 'password.good': 'Gut. {n} Zeichen.', 'password.rule': 'Nimm mindestens 8 Zeichen. Drei oder vier Wörter sind ein gutes Passwort.',
  'password.old': 'Jetziges Passwort', 'password.new': 'Neues Passwort', 'password.change': 'Passwort ändern', 'password.done': 'Geändert. Andere Geräte wurden abgemeldet.', 'password.wrong': 'Das ist nicht dein jetziges Passwort.',
  'setup.title': 'Deinen Server einrichten', 'setup.lead': 'Eine Seite, dann kannst du Leute einladen.', 'setup.server': 'Name des Servers', 'setup.serverHint': 'Alle sehen ihn, die du einlädst.',
  'setup.channel': 'Erster Kanal', 'setup.channelHint': 'Alle Mitglieder kommen von selbst hinein. Der Name lässt sich später ändern.', 'setup.everyone': 'Alle', 'setup.go': 'Server anlegen',
  'setup.note': 'Dir gehört dann dieser Server. Dieser Link gilt einmal und erlischt, sobald du fertig bist.',
  'setup.usedTitle': 'Dieser Einrichtungslink wurde schon benutzt', 'setup.used': 'Melde dich an, oder erzeuge auf dem Server mit linnet setup einen neuen Link.',
  'join.wait': 'Einladung wird geöffnet…', 'join.by': '{name} lädt dich zu {server} ein', 'join.to': 'Du bist zu {server} eingeladen', 'join.go': 'Beitreten', 'join.have': 'Ich habe hier ein Konto', 'join.taken': 'Der Benutzername „{name}“ ist vergeben. Versuch einen anderen.',
  'join.over': 'Diese Einladung gilt nicht mehr', 'join.expired': 'Die Zeit dieser Einladung ist um. Frag {name} nach einer neuen.', 'join.used': 'Diese Einladung haben schon alle benutzt, für die sie gedacht war. Frag {name} nach einer neuen.',
  'join.revoked': 'Diese Einladung wurde zurückgezogen. Frag {name} nach einer neuen.', 'join.open': '', 'join.admin': 'die Administration', 'join.channel': 'Beitreten',
  'link.title': 'Dieser Link geht nicht', 'link.unknown': 'Er ist nicht vollständig, wurde zurückgezogen oder stammt nicht von hier. Frag nach einem neuen.', 'link.used': 'Dieser Link wurde benutzt, oder seine Zeit ist um. Erzeuge einen neuen auf einem Gerät, auf dem du angemeldet bist.',
  'link.wait': 'Anmelden', 'link.as': 'Als {name} anmelden', 'link.lead': 'Bei {server}, mit diesem Gerät.', 'link.renew': 'Auch ein neues Passwort setzen', 'link.newPassword': 'Neues Passwort',
  'signin.title': 'Bei {server} anmelden', 'signin.go': 'Anmelden', 'signin.wrong': 'Benutzername und Passwort passen nicht zusammen. Prüf beides und versuch es erneut.', 'signin.wait': 'Wieder in {n} s',
  'signin.device': 'Ein Gerät benutzen, auf dem du angemeldet bist', 'signin.byName': 'Mit Passwort', 'signin.link': 'Anmeldelink', 'signin.linkHint': 'Öffne dort Einstellungen, Geräte, „Auf einem anderen Gerät anmelden“. Scanne den Code oder füge den Link hier ein.',
  'signin.forgot': 'Passwort vergessen? Frag die Administration nach einem Anmeldelink.', 'signin.ended': 'Dieses Gerät wurde von einem anderen aus abgemeldet. Melde dich an, um weiterzumachen; deine Entwürfe sind noch da.',
  'signin.unset': 'Dieser Server wartet auf seine Einrichtung. Öffne den Link, den er beim Start gezeigt hat.',

  // list
  chats: 'Chats', 'list.width': 'Breite der Liste', filter: 'Zeigen', 'filter.all': 'Alle', 'filter.unread': 'Ungelesen', 'filter.people': 'Personen', 'filter.channels': 'Kanäle', 'jump.find': 'Suchen oder springen…', 'jump.how': '↑↓ bewegt, Enter öffnet',
  'jump.none': 'Nichts passt zu „{query}“.', 'jump.latest': 'Neueste', 'jump.new': { one: '{n} neue Nachricht', other: '{n} neue Nachrichten' },
  'row.you': 'Du: ', 'row.draft': 'Entwurf:', 'row.failed': 'Nicht gesendet', 'row.waiting': { one: '{n} wartet aufs Senden', other: '{n} warten aufs Senden' }, 'row.unread': { one: '{n} ungelesen', other: '{n} ungelesen' }, 'row.mentions': { one: '{n} Erwähnung von dir', other: '{n} Erwähnungen von dir' },
  'me.offline': 'Offline', 'me.waiting': 'Offline, {n} wartend', 'empty.list': 'Noch keine Chats', 'empty.start': 'Einen beginnen', 'empty.filter': 'Alles gelesen.',
  'mark.read': 'Als gelesen markieren', 'mark.unread': 'Als ungelesen markieren', 'pin.chat': 'Anheften', 'unpin.chat': 'Lösen', notify: 'Benachrichtigungen', 'notify.all': 'Alle', 'notify.mentions': 'Erwähnungen', 'notify.none': 'Nichts',
  mute: 'Stumm schalten', 'mute.1': 'Für 1 Stunde', 'mute.8': 'Für 8 Stunden', 'mute.always': 'Bis ich es wieder einschalte', unmute: 'Nicht mehr stumm', 'muted.done': '{title} ist stumm',
  leave: 'Verlassen', 'leave.title': '{title} verlassen?', 'leave.group': 'Um wiederzukommen, brauchst du eine Einladung.', 'leave.channel': 'Du kannst später wieder beitreten.',

  // chat
  'chat.unnamed': 'Gruppe', pick: 'Wähl einen Chat, oder drück Ctrl-K.', 'nothing.title': 'Unter dieser Adresse ist nichts', 'nothing.text': 'Den Chat gibt es nicht, oder du bist nicht darin.', 'nothing.go': 'Meine Chats zeigen',
  members: { one: '{n} Mitglied', other: '{n} Mitglieder' }, 'here.of': '{here} von {n} da', 'presence.on': 'Online', 'presence.away': 'Abwesend', 'presence.seen': 'Zuletzt da: {time}', perch: 'Jetzt da: {names}. Mitglieder zeigen',
  'typing.one': '{name} schreibt', 'typing.two': '{name} schreiben', 'typing.many': '{n} Personen schreiben',
  'offline.wait': 'Du bist offline. Neuer Versuch in {n} s.', 'offline.now': 'Jetzt versuchen', 'offline.trying': 'Verbinde…', 'offline.back': 'Wieder online', 'offline.said': 'Du bist offline.',
  'log.label': 'Nachrichten in {title}', 'message.label': '{name}, {time}: {text}. {state}', 'message.menu': 'Aktionen zur Nachricht', edited: 'bearbeitet', 'unread.line': { one: '{n} neue Nachricht', other: '{n} neue Nachrichten' },
  'tick.queued': 'Wartet aufs Senden', 'tick.sending': 'Wird gesendet', 'tick.sent': 'Gesendet', 'tick.delivered': 'Zugestellt', 'tick.read': 'Gelesen', 'tick.failed': 'Nicht gesendet',
  'failed.other': 'Nicht gesendet: der Server nahm es nicht an.', 'failed.forbidden': 'Nicht gesendet: du kannst hier jetzt nicht schreiben.', 'failed.too_large': 'Nicht gesendet: zu lang.', 'failed.offline': 'Wird gesendet, sobald du wieder online bist',
  reply: 'Antworten', react: 'Reagieren', 'react.with': 'Mit {emoji} reagieren', 'react.label': '{emoji}, {n}', 'copy.text': 'Text kopieren', 'copy.link': 'Link kopieren', 'copy.code': 'Code kopieren', 'copied.link': 'Link kopiert', 'copied.text': 'Text kopiert',
  pin: 'An diesen Chat heften', unpin: 'Lösen', 'unread.from': 'Ab hier als ungelesen markieren', 'delete.everyone': 'Für alle löschen', 'delete.ask': 'Für alle löschen? Das lässt sich nicht rückgängig machen.',
  'deleted.one': '{name} hat diese Nachricht gelöscht', 'deleted.many': '{n} Nachrichten wurden gelöscht', 'deleted.quote': 'Gelöschte Nachricht',
  readby: 'Gelesen von …', 'readby.count': 'Gelesen von {n} von {of}', 'readby.read': 'Gelesen von', 'readby.delivered': 'Zugestellt an', 'readby.not': 'Noch nicht', 'readby.deliveredCount': 'Zugestellt an {n} von {of}', 'readby.off': 'Manche zeigen das nicht.',
  gap: 'Hier fehlen Nachrichten.', 'gap.load': 'Laden', 'empty.chat': 'Sag das Erste', 'empty.direct': 'Nur du und {name} können diesen Chat lesen.',
  'start.direct': 'Der Anfang deines Chats mit {name}.', 'start.group': 'Diese Gruppe begann am {date}.', 'start.channel': 'Dieser Kanal begann am {date}.', 'date.jump': 'Zu einem Tag springen',
  'sys.operator': 'Der Server', 'sys.joined': '{users} kam dazu', 'sys.added': '{name} hat {users} hinzugefügt', 'sys.left': '{users} ist gegangen', 'sys.removed': '{name} hat {users} entfernt', 'sys.role': 'Rolle von {user}, gesetzt von {name}: {role}',
  'sys.title': '{name} hat den Chat „{title}“ genannt', 'sys.topic': '{name} hat das Thema gesetzt: {topic}', 'sys.noTopic': '{name} hat das Thema entfernt', 'sys.archived': '{name} hat den Chat archiviert', 'sys.restored': '{name} hat den Chat zurückgeholt',
  'role.readonly': 'Nur lesen', 'role.member': 'Mitglied', 'role.moderator': 'Moderation', 'role.owner': 'Besitz', 'srole.guest': 'Gast', 'srole.bot': 'Bot', 'srole.member': 'Mitglied', 'srole.admin': 'Administration', 'srole.owner': 'Besitz',

  // composer
  'composer.to': 'Nachricht an {title}', 'composer.over': '{n} zu viel', editing: 'Bearbeiten', 'editing.esc': 'Esc bricht ab', complete: 'Vorschläge', 'key.enter': 'Enter',
  'mention.here': 'Alle hier', 'mention.hereCount': { one: 'hier · {n} Person', other: 'hier · {n} Personen' }, 'mention.outside': 'nicht in diesem Chat: sieht es nicht',
  'here.title': 'Alle hier erwähnen?', 'here.ask': '{n} Personen werden benachrichtigt.', 'post.moderators': 'Hier schreibt nur die Moderation', 'post.readonly': 'Du kannst hier lesen, nicht schreiben', 'post.archived': 'Dieser Chat ist archiviert',
  format: 'Format', 'format.bold': 'Fett', 'format.italic': 'Kursiv', 'format.strike': 'Durchgestrichen', 'format.code': 'Code', 'format.quote': 'Zitat',
  'emoji.title': 'Emoji', 'emoji.search': 'Emoji suchen', 'emoji.none': 'Kein Emoji mit diesem Namen.', 'emoji.recent': 'Zuletzt benutzt', 'emoji.g0': 'Gesichter', 'emoji.g1': 'Menschen', 'emoji.g3': 'Tiere und Natur', 'emoji.g4': 'Essen', 'emoji.g5': 'Reisen',
  'emoji.g6': 'Aktivitäten', 'emoji.g7': 'Dinge', 'emoji.g8': 'Symbole', 'emoji.g9': 'Flaggen',

  // panel and dialogs
  'members.title': 'Mitglieder', 'members.add': 'Leute hinzufügen', 'members.find': 'Mitglied suchen', 'members.here': 'Jetzt da {n}', 'members.away': 'Abwesend {n}', 'members.others': 'Andere {n}', 'members.remove': 'Aus dem Chat entfernen',
  'members.removeAsk': '{name} entfernen?', 'members.removeText': 'In {title} kann die Person dann weder lesen noch schreiben.', 'make.member': 'Zum Mitglied machen', 'make.moderator': 'Moderation geben', 'make.readonly': 'Nur lesen lassen', 'make.owner': 'Besitz geben', pinned: 'Angeheftet {n}',
  'chat.settings': 'Chat-Einstellungen', 'chat.name': 'Name', 'chat.topic': 'Thema', 'chat.post': 'Wer schreiben darf', 'chat.postAll': 'Alle', 'chat.postModerators': 'Moderation',
  'kind.direct': 'Nur ihr beide könnt ihn lesen.', 'kind.group': 'Eine Gruppe: hinein kommt man auf Einladung.', 'kind.channel': 'Ein Kanal: alle auf diesem Server können beitreten und lesen.',
  archive: 'Archivieren', 'archive.ask': 'Niemand kann mehr darin schreiben, bis er zurückgeholt wird. Lesen bleibt möglich.', restore: 'Zurückholen',
  'new.title': 'Neuer Chat', 'new.people': 'Personen', 'new.channel': 'Neuer Kanal', 'new.join': 'Einem Kanal beitreten', 'new.who': 'Namen tippen', 'new.without': 'Ohne {name}', 'new.message': '{name} schreiben', 'new.group': 'Neue Gruppe',
  'new.groupName': 'Name der Gruppe (freiwillig)', 'new.channelName': 'Name des Kanals', 'new.channelHint': 'Alle auf diesem Server können beitreten und lesen.', 'new.noChannels': 'Es gibt keinen Kanal, in dem du nicht schon bist.',
  'keys.title': 'Tastatur', 'keys.search': 'Taste suchen', 'keys.go': 'Sich bewegen', 'keys.write': 'Schreiben', 'keys.message': 'Auf einer Nachricht', 'keys.jump': 'Suchen oder springen', 'keys.next': 'Voriger, nächster Chat', 'keys.nextUnread': 'Voriger, nächster ungelesener', 'keys.region': 'Nächster Bereich',
  'keys.esc': 'Schließen, als gelesen markieren, zum Schreiben', 'keys.line': 'Neue Zeile', 'keys.editLast': 'Meine letzte Nachricht bearbeiten', 'keys.toLog': 'Zu den Nachrichten', 'keys.move': 'Zwischen Nachrichten bewegen',

  // settings
  'set.profile': 'Profil', 'set.notifications': 'Benachrichtigungen', 'set.devices': 'Geräte', 'set.appearance': 'Aussehen', 'set.language': 'Sprache', 'set.data': 'Meine Daten exportieren', 'set.invites': 'Einladungen', 'set.server': 'Server',
  'profile.colour': 'Farbe', 'profile.colourN': 'Farbe {n}', 'profile.receipts': 'Zeigen, wann ich Nachrichten lese', 'profile.receiptsHint': 'Ist es aus, siehst du es auch bei anderen nicht.', 'profile.seen': 'Zeigen, wann ich zuletzt da war', 'profile.seenHint': 'Ist es aus, siehst du es auch bei anderen nicht.',
  'notices.on': 'Benachrichtigungen zeigen', 'notices.hint': 'Solange linnet in diesem Browser offen ist.', 'notices.isOn': 'Für diesen Browser an, solange linnet offen ist.', 'notices.blocked': 'Benachrichtigungen sind in diesem Browser gesperrt. Öffne neben der Adresse die Einstellungen der Website und erlaube sie.',
  'notices.test': 'Probe senden', 'notices.testText': 'Benachrichtigungen kommen hier an.', 'notices.sound': 'Ton abspielen',
  'notices.quiet': 'Ruhezeit', 'notices.quietHint': 'Zu diesen Zeiten kein Ton, auf diesem Gerät.', 'notices.quietFrom': 'Ruhe ab', 'notices.quietTo': 'Ruhe bis',
  'devices.add': 'Auf einem anderen Gerät anmelden', 'devices.link': 'Anmeldelink', 'devices.linkNote': 'Wer diesen Code hat, kann sich als du anmelden. Er gilt einmal, bis {time}.', 'devices.this': 'Dieses Gerät', 'devices.seen': 'Zuletzt benutzt {time}', 'devices.unnamed': 'Gerät ohne Namen',
  'devices.all': 'Alle anderen abmelden', 'devices.allAsk': '{n} Geräte werden sofort abgemeldet.', signout: 'Abmelden', 'signout.ask': 'Nicht gesendete Nachrichten und Entwürfe auf diesem Gerät gehen verloren.',
  'look.theme': 'Farben', 'look.light': 'Hell', 'look.dark': 'Dunkel', 'look.system': 'System', 'look.density': 'Dichte', 'look.comfortable': 'Locker', 'look.compact': 'Kompakt', 'look.size': 'Textgröße', 'look.motion': 'Weniger Bewegung',
  'look.enter': 'Enter sendet', 'look.enterHint': 'Ist es aus, sendet Ctrl-Enter, und Enter beginnt eine neue Zeile.', 'look.letters': 'Einzelne Buchstaben als Tasten', 'look.lettersHint': 'R, E, D, P, L und 1–6 auf einer gewählten Nachricht.',
  'export.what': 'Jede Nachricht aus jedem Chat, den du lesen kannst, als eine JSON-Datei.', 'export.go': 'Exportieren', 'export.n': 'Bisher {n} Nachrichten',
  'invite.title': 'Leute einladen', 'invite.link': 'Einladungslink', 'invite.works': 'Gilt {days} Tage und für {uses} Personen.', 'invite.new': 'Neuer Link', 'invite.newAsk': 'Der alte Link gilt dann nicht mehr.', 'invite.days': 'Tage', 'invite.uses': 'Personen', 'invite.make': 'Link erzeugen',
  'admin.people': 'Personen {n}', 'admin.signin': 'Anmeldelink', 'admin.link': 'Anmeldelink für {name}', 'admin.enable': 'Wieder einlassen', 'admin.disable': 'Sperren', 'admin.disableAsk': '{name} wird überall abgemeldet und kann sich nicht anmelden.', 'admin.off': 'gesperrt',
};
