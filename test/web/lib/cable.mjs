// SPDX-License-Identifier: MIT
// cable.mjs - a network cable to the server: what goes through it can be cut while the server lives on.

import { once } from 'node:events';
import net from 'node:net';

export class Cable {
  static async lay(server) {
    const cable = new Cable();
    cable.ends = new Set();
    cable.hub = net.createServer((a) => {
      const b = net.connect(server.port, '127.0.0.1');
      for (const [x, y] of [[a, b], [b, a]]) {
        cable.ends.add(x);
        x.pipe(y);
        x.on('error', () => {}).on('close', () => {
          cable.ends.delete(x);
          y.destroy();
        });
      }
    });
    await cable.join(0);
    return cable;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async join(port = this.port) {
    await once(this.hub.listen(port, '127.0.0.1'), 'listening');
    this.port = this.hub.address().port;
  }

  async cut() {
    const closed = once(this.hub, 'close');
    this.hub.close();
    for (const end of this.ends) end.destroy();
    await closed;
  }
}
