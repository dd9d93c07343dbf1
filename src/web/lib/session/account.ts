// SPDX-License-Identifier: MIT
// account.ts - signing in and out, one's profile and devices, invites, the server's name.
//
// What sets or clears the cookie goes by POST; no script ever sees the token that is kept.

import type { Core } from './core.js';
import type { About, ChatId, Device, Invite, Ms, SecretInfo, ServerRole, User } from './shapes.js';

export class Account {
  /** `signedIn`: connect again; `signedOut(wipe)`: forget, all or all but what is not sent yet. */
  constructor(private readonly core: Core, private readonly signedIn: () => void, private readonly wipe: () => Promise<void>) {}

  about(): Promise<About> {
    return this.core.post<About>('about', {});
  }

  peek(secret: string): Promise<SecretInfo> {
    return this.core.post<SecretInfo>('secret.peek', { secret });
  }

  private async enter<T>(op: string, args: object): Promise<T> {
    const answer = await this.core.post<T & { token?: string; user: User }>(op, { ...args, device: this.core.o.device });
    this.signedIn();
    return answer;
  }

  async login(a: { name: string; password: string }): Promise<void> {
    await this.enter('login', a);
  }

  async acceptSetup(a: { secret: string; name: string; password: string; display?: string; server?: string; channel?: string }) {
    return { chat: (await this.enter<{ chat?: ChatId }>('setup.accept', a)).chat };
  }

  async acceptInvite(a: { secret: string; name: string; password: string; display?: string }) {
    return { chat: (await this.enter<{ chat?: ChatId }>('invite.accept', a)).chat };
  }

  async acceptLink(a: { secret: string; password?: string }): Promise<void> {
    await this.enter('link.accept', a);
  }

  async signOut(): Promise<void> {
    await this.core.post('logout', {});
    await this.wipe();
  }

  async profile(a: { display?: string; color?: number; receipts?: boolean; seen?: boolean }): Promise<void> {
    await this.core.call('user.update', a);
  }

  async password(a: { old?: string; password: string }): Promise<void> {
    await this.core.call('user.password', a);
  }

  async devices(): Promise<Device[]> {
    const { devices } = await this.core.call<{ devices: { id: number; name: string; created: Ms; seen: Ms; current: boolean }[] }>('device.list');
    return devices.map((d) => ({ device_no: d.id, device: d.name, created: d.created, last_seen: d.seen, current: d.current }));
  }

  async revokeDevice(no: number): Promise<void> {
    await this.core.call('device.revoke', { device_no: no });
  }

  link(): Promise<{ path: string; expires: Ms }> {
    return this.core.call('user.link');
  }

  async createInvite(a: { role?: ServerRole; uses?: number; ttl_ms?: Ms; chats?: ChatId[] }): Promise<{ invite: number; path: string }> {
    const made = await this.core.call<{ invite: { id: number }; path: string }>('invite.create', a);
    return { invite: made.invite.id, path: made.path };
  }

  async invites(): Promise<Invite[]> {
    const { invites } = await this.core.call<{ invites: (Omit<Invite, 'invite'> & { id: number })[] }>('invite.list');
    return invites.map(({ id, ...rest }) => ({ ...rest, invite: id }));
  }

  async revokeInvite(invite: number): Promise<void> {
    await this.core.call('invite.revoke', { invite });
  }

  async renameServer(name: string): Promise<void> {
    await this.core.call('server.update', { server: name });
  }
}
