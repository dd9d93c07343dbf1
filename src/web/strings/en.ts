// SPDX-License-Identifier: MIT
// en.ts - the words, in English. de.ts has the same keys.
// Sentence case; "you"; the verb first on buttons; what happened, then what to do.

import type { Text } from './index.js';

const words = {
  // common
  add: 'Add', again: 'Try again', back: 'Back', cancel: 'Cancel', change: 'Change', close: 'Close', continue: 'Continue', copied: 'Copied', copy: 'Copy', delete: 'Delete',
  edit: 'Edit', more: 'More', save: 'Save', send: 'Send', settings: 'Settings', share: 'Share', stay: 'Stay', undo: 'Undo', you: 'you', today: 'Today', yesterday: 'Yesterday',
  skip: 'Skip to writing', people: { one: '{n} person', other: '{n} people' }, qr: 'QR code of this link', cmd: 'Command', 'cmd.theme': 'Switch light and dark',

  // errors
  'error.other': 'That didn’t work. Try again.', 'error.offline': 'No answer from the server. Check the connection and try again.', 'error.busy': 'The server is busy. Try again in a moment.',
  'error.read_only': 'The server’s disk is full or failing. Messages can be read, not sent. An administrator has to look after it.', 'error.forbidden': 'You can’t do this here.',
  'error.rate_limited': 'Too many tries. Wait a moment.', 'error.too_large': 'This is too long. Shorten it.', 'error.shutting_down': 'The server is restarting. Try again in a moment.',

  // before one is in
  'stage.line': 'A quiet place for your people to talk.', 'stage.sub': 'Everything stays on this server: messages, files and accounts.',
  'field.name': 'Your name', 'field.username': 'User name', 'field.usernameRule': 'Use a–z, 0–9, dots, dashes and underscores.', 'field.password': 'Password',
  'password.show': 'Show password', 'password.good': 'Good. {n} characters.', 'password.rule': 'Use at least 8 characters. Three or four words make a good password.',
  'password.old': 'Password now', 'password.new': 'New password', 'password.change': 'Change password', 'password.done': 'Changed. Other devices were signed out.', 'password.wrong': 'That isn’t your password now.',
  'setup.title': 'Set up your server', 'setup.lead': 'One page, then you can invite people.', 'setup.server': 'Server name', 'setup.serverHint': 'Shown to everyone you invite.',
  'setup.channel': 'First channel', 'setup.channelHint': 'All members join it automatically. You can rename it later.', 'setup.everyone': 'Everyone', 'setup.go': 'Create server',
  'setup.note': 'You become the owner of this server. This set-up link works once and stops working as soon as you finish.',
  'setup.usedTitle': 'This set-up link has been used', 'setup.used': 'Sign in, or make a new link on the server with linnet setup.',
  'join.wait': 'Opening the invite…', 'join.by': '{name} invites you to {server}', 'join.to': 'You’re invited to {server}', 'join.go': 'Join', 'join.have': 'I have an account here', 'join.taken': 'The user name “{name}” is taken. Try another.',
  'join.over': 'This invite has ended', 'join.expired': 'This invite’s time is over. Ask {name} for a new one.', 'join.used': 'This invite has been used by everyone it was for. Ask {name} for a new one.',
  'join.revoked': 'This invite was withdrawn. Ask {name} for a new one.', 'join.open': '', 'join.admin': 'an administrator', 'join.channel': 'Join',
  'link.title': 'This link doesn’t work', 'link.unknown': 'It isn’t complete, was withdrawn, or was never made here. Ask for a new one.', 'link.used': 'This link has been used or its time is over. Make a new one on a device where you’re signed in.',
  'link.wait': 'Sign in', 'link.as': 'Sign in as {name}', 'link.lead': 'On {server}, with this device.', 'link.renew': 'Set a new password too', 'link.newPassword': 'New password',
  'signin.title': 'Sign in to {server}', 'signin.go': 'Sign in', 'signin.wrong': 'That user name and password don’t match. Check both and try again.', 'signin.wait': 'Try again in {n} s',
  'signin.device': 'Use a device where you’re signed in', 'signin.byName': 'Use a password', 'signin.link': 'Sign-in link', 'signin.linkHint': 'On that device, open Settings, Devices, “Sign in on another device”. Scan the code or paste the link here.',
  'signin.forgot': 'Forgot your password? Ask an administrator for a sign-in link.', 'signin.ended': 'This device was signed out from another one. Sign in to go on; your drafts are still here.',
  'signin.unset': 'This server waits for its first owner. Open the set-up link that it printed when it started.',

  // list
  chats: 'Chats', 'list.width': 'Width of the list', filter: 'Show', 'filter.all': 'All', 'filter.unread': 'Unread', 'filter.people': 'People', 'filter.channels': 'Channels', 'jump.find': 'Find or jump to…', 'jump.how': '↑↓ to move, Enter to open',
  'jump.none': 'Nothing matches “{query}”.', 'jump.latest': 'Latest', 'jump.new': { one: '{n} new message', other: '{n} new messages' },
  'row.you': 'You: ', 'row.draft': 'Draft:', 'row.failed': 'Not sent', 'row.waiting': { one: '{n} waiting to be sent', other: '{n} waiting to be sent' }, 'row.unread': { one: '{n} unread', other: '{n} unread' }, 'row.mentions': { one: '{n} mention of you', other: '{n} mentions of you' },
  'me.offline': 'Offline', 'me.waiting': 'Offline, {n} waiting', 'empty.list': 'No chats yet', 'empty.start': 'Start one', 'empty.filter': 'All caught up.',
  'mark.read': 'Mark as read', 'mark.unread': 'Mark as unread', 'pin.chat': 'Pin', 'unpin.chat': 'Unpin', notify: 'Notifications', 'notify.all': 'All', 'notify.mentions': 'Mentions', 'notify.none': 'Nothing',
  mute: 'Mute', 'mute.1': 'For 1 hour', 'mute.8': 'For 8 hours', 'mute.always': 'Until I turn it on', unmute: 'Unmute', 'muted.done': '{title} muted',
  leave: 'Leave', 'leave.title': 'Leave {title}?', 'leave.group': 'You’ll need an invitation to come back.', 'leave.channel': 'You can join it again later.',

  // chat
  'chat.unnamed': 'Group', pick: 'Pick a chat, or press Ctrl-K.', 'nothing.title': 'Nothing at this address', 'nothing.text': 'The chat isn’t there, or you aren’t in it.', 'nothing.go': 'Show my chats',
  members: { one: '{n} member', other: '{n} members' }, 'here.of': '{here} of {n} here', 'presence.on': 'Online', 'presence.away': 'Away', 'presence.seen': 'Last seen {time}', perch: 'Here now: {names}. Show members',
  'typing.one': '{name} is typing', 'typing.two': '{name} are typing', 'typing.many': '{n} people are typing',
  'offline.wait': 'You’re offline. Trying again in {n} s.', 'offline.now': 'Try now', 'offline.trying': 'Connecting…', 'offline.back': 'Back online', 'offline.said': 'You’re offline.',
  'log.label': 'Messages in {title}', 'message.label': '{name}, {time}: {text}. {state}', 'message.menu': 'Message actions', edited: 'edited', 'unread.line': { one: '{n} new message', other: '{n} new messages' },
  'tick.queued': 'Waiting to be sent', 'tick.sending': 'Sending', 'tick.sent': 'Sent', 'tick.delivered': 'Delivered', 'tick.read': 'Read', 'tick.failed': 'Not sent',
  'failed.other': 'Not sent: the server refused it.', 'failed.forbidden': 'Not sent: you can’t write here now.', 'failed.too_large': 'Not sent: it’s too long.', 'failed.offline': 'Will be sent when you’re back online',
  reply: 'Reply', react: 'React', 'react.with': 'React with {emoji}', 'react.label': '{emoji}, {n}', 'copy.text': 'Copy text', 'copy.link': 'Copy link', 'copy.code': 'Copy code', 'copied.link': 'Link copied', 'copied.text': 'Text copied',
  pin: 'Pin to this chat', unpin: 'Unpin', 'unread.from': 'Mark unread from here', 'delete.everyone': 'Delete for everyone', 'delete.ask': 'Delete for everyone? It can’t be undone.',
  'deleted.one': '{name} deleted this message', 'deleted.many': '{n} messages were deleted', 'deleted.quote': 'Deleted message',
  readby: 'Read by …', 'readby.count': 'Read by {n} of {of}', 'readby.read': 'Read by', 'readby.delivered': 'Delivered to', 'readby.not': 'Not yet', 'readby.deliveredCount': 'Delivered to {n} of {of}', 'readby.off': 'Some people don’t show this.',
  gap: 'Some messages are missing here.', 'gap.load': 'Load them', 'empty.chat': 'Say the first thing', 'empty.direct': 'Only you and {name} can read this chat.',
  'start.direct': 'The beginning of your chat with {name}.', 'start.group': 'This group began on {date}.', 'start.channel': 'This channel began on {date}.', 'date.jump': 'Jump to date',
  'sys.operator': 'The server', 'sys.joined': '{users} joined', 'sys.added': '{name} added {users}', 'sys.left': '{users} left', 'sys.removed': '{name} removed {users}', 'sys.role': '{name} made {user} {role}',
  'sys.title': '{name} renamed the chat “{title}”', 'sys.topic': '{name} set the topic: {topic}', 'sys.noTopic': '{name} removed the topic', 'sys.archived': '{name} archived the chat', 'sys.restored': '{name} restored the chat',
  'role.readonly': 'Read-only', 'role.member': 'Member', 'role.moderator': 'Moderator', 'role.owner': 'Owner', 'srole.guest': 'Guest', 'srole.bot': 'Bot', 'srole.member': 'Member', 'srole.admin': 'Administrator', 'srole.owner': 'Owner',

  // composer
  'composer.to': 'Message {title}', 'composer.over': '{n} over', editing: 'Editing', 'editing.esc': 'Esc to cancel', complete: 'Suggestions', 'key.enter': 'Enter',
  'mention.here': 'Everyone here', 'mention.hereCount': { one: 'here · {n} person', other: 'here · {n} people' }, 'mention.outside': 'not in this chat: won’t see it',
  'here.title': 'Mention everyone here?', 'here.ask': '{n} people will be told.', 'post.moderators': 'Only moderators can write here', 'post.readonly': 'You can read here, not write', 'post.archived': 'This chat is archived',
  format: 'Format', 'format.bold': 'Bold', 'format.italic': 'Italic', 'format.strike': 'Strikethrough', 'format.code': 'Code', 'format.quote': 'Quote',
  'emoji.title': 'Emoji', 'emoji.search': 'Find an emoji', 'emoji.none': 'No emoji by that name.', 'emoji.recent': 'Used lately', 'emoji.g0': 'Faces', 'emoji.g1': 'People', 'emoji.g3': 'Animals and nature', 'emoji.g4': 'Food', 'emoji.g5': 'Travel',
  'emoji.g6': 'Activities', 'emoji.g7': 'Things', 'emoji.g8': 'Symbols', 'emoji.g9': 'Flags',

  // panel and dialogs
  'members.title': 'Members', 'members.add': 'Add people', 'members.find': 'Find a member', 'members.here': 'Here now {n}', 'members.away': 'Away {n}', 'members.others': 'Others {n}', 'members.remove': 'Remove from chat',
  'members.removeAsk': 'Remove {name}?', 'members.removeText': 'They can’t read or write in {title} any more.', 'make.member': 'Make member', 'make.moderator': 'Make moderator', 'make.readonly': 'Set read-only', 'make.owner': 'Make owner', pinned: 'Pinned {n}',
  'chat.settings': 'Chat settings', 'chat.name': 'Name', 'chat.topic': 'Topic', 'chat.post': 'Who can write', 'chat.postAll': 'Everyone', 'chat.postModerators': 'Moderators',
  'kind.direct': 'Only you two can read it.', 'kind.group': 'A group: people come in by invitation.', 'kind.channel': 'A channel: everyone on this server can join and read it.',
  archive: 'Archive', 'archive.ask': 'Nobody can write in it until it’s restored. It stays readable.', restore: 'Restore',
  'new.title': 'New chat', 'new.people': 'People', 'new.channel': 'New channel', 'new.join': 'Join a channel', 'new.who': 'Type names', 'new.without': 'Without {name}', 'new.message': 'Message {name}', 'new.group': 'New group',
  'new.groupName': 'Group name (optional)', 'new.channelName': 'Channel name', 'new.channelHint': 'Everyone on this server can join and read it.', 'new.noChannels': 'There’s no channel you aren’t in.',
  'keys.title': 'Keyboard', 'keys.search': 'Find a key', 'keys.go': 'Getting around', 'keys.write': 'Writing', 'keys.message': 'On a message', 'keys.jump': 'Find or jump', 'keys.next': 'Previous, next chat', 'keys.nextUnread': 'Previous, next unread', 'keys.region': 'Next region',
  'keys.esc': 'Close, mark read, to the composer', 'keys.line': 'New line', 'keys.editLast': 'Edit my last message', 'keys.toLog': 'To the messages', 'keys.move': 'Move between messages',

  // settings
  'set.profile': 'Profile', 'set.notifications': 'Notifications', 'set.devices': 'Devices', 'set.appearance': 'Appearance', 'set.language': 'Language', 'set.data': 'Export my data', 'set.invites': 'Invites', 'set.server': 'Server',
  'profile.colour': 'Colour', 'profile.colourN': 'Colour {n}', 'profile.receipts': 'Show when I read messages', 'profile.receiptsHint': 'When off, you don’t see it of others either.', 'profile.seen': 'Show when I was last seen', 'profile.seenHint': 'When off, you don’t see it of others either.',
  'notices.on': 'Show notifications', 'notices.hint': 'While linnet is open in this browser.', 'notices.isOn': 'On for this browser, while linnet is open.', 'notices.blocked': 'Notifications are blocked in this browser. Open the site settings beside the address, then allow notifications.',
  'notices.test': 'Send a test', 'notices.testText': 'Notifications work here.', 'notices.sound': 'Play a sound',
  'notices.quiet': 'Quiet hours', 'notices.quietHint': 'No sound at these times, on this device.', 'notices.quietFrom': 'Quiet from', 'notices.quietTo': 'Quiet until',
  'devices.add': 'Sign in on another device', 'devices.link': 'Sign-in link', 'devices.linkNote': 'Anyone with this code can sign in as you. It works once, until {time}.', 'devices.this': 'This device', 'devices.seen': 'Last used {time}', 'devices.unnamed': 'Unnamed device',
  'devices.all': 'Sign out all others', 'devices.allAsk': '{n} devices will be signed out at once.', signout: 'Sign out', 'signout.ask': 'Unsent messages and drafts on this device are dropped.',
  'look.theme': 'Theme', 'look.light': 'Light', 'look.dark': 'Dark', 'look.system': 'System', 'look.density': 'Density', 'look.comfortable': 'Comfortable', 'look.compact': 'Compact', 'look.size': 'Text size', 'look.motion': 'Reduce motion',
  'look.enter': 'Enter sends', 'look.enterHint': 'When off, Ctrl-Enter sends and Enter begins a new line.', 'look.letters': 'Single-letter keys', 'look.lettersHint': 'R, E, D, P, L and 1–6 on a focused message.',
  'export.what': 'Every message of every chat you can read, as one JSON file.', 'export.go': 'Export', 'export.n': '{n} messages so far',
  'invite.title': 'Invite people', 'invite.link': 'Invite link', 'invite.works': 'Works for {days} days and {uses} people.', 'invite.new': 'New link', 'invite.newAsk': 'The old link stops working.', 'invite.days': 'Days', 'invite.uses': 'People', 'invite.make': 'Make link',
  'admin.people': 'People {n}', 'admin.signin': 'Sign-in link', 'admin.link': 'Sign-in link for {name}', 'admin.enable': 'Let in again', 'admin.disable': 'Disable', 'admin.disableAsk': '{name} is signed out everywhere and can’t sign in.', 'admin.off': 'disabled',
};

export const en: Record<keyof typeof words, Text> = words;
