# SPDX-License-Identifier: MIT
"""servers.py - the servers that are measured: linnet, and its peers where they are installed.

Each has a fresh directory, is pinned to the first core, and is ended by stop(). load() runs the
generator that speaks its protocol, pinned to the second core, and answers its numbers.
"""
import json, os, shutil, socket, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get('BENCH_BUILD', os.path.join(TOP, 'build', 'release'))
LINNET, LOAD, APPEND, ECHO = (os.path.join(BUILD, p) for p in ('linnet', 'test/load', 'test/append', 'test/echo'))
PEERS = os.path.join(HERE, 'peers')
CORES = os.cpu_count() or 1
SERVER_CORE, LOAD_CORE = 0, 1


def pinned(core, command):
    return ['taskset', '-c', str(core)] + command if CORES > 1 else command


def rss_bytes(pid):
    """Of the process and its children: an Erlang node has helpers."""
    with open(f'/proc/{pid}/status') as f:
        total = next(int(line.split()[1]) * 1024 for line in f if line.startswith('VmRSS'))
    with open(f'/proc/{pid}/task/{pid}/children') as f:
        return total + sum(rss_bytes(int(child)) for child in f.read().split())


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Server:
    loader = [LOAD]

    def __init__(self, accounts, template=None):
        self.dir = tempfile.mkdtemp(prefix='linnet-bench-')
        self.port = free_port()
        self.tokens = os.path.join(self.dir, 'tokens')
        if template:
            shutil.copytree(template.data, os.path.join(self.dir, 'data'))
            shutil.copy(template.tokens, self.tokens)
        began = time.monotonic()
        self.process = self.start(accounts)
        self.wait(began)
        self.start_ms = (time.monotonic() - began) * 1000
        time.sleep(0.3)
        self.empty_bytes = rss_bytes(self.process.pid)
        if not template:
            self.people(accounts)

    def spawn(self, command, env=None):
        with open(os.path.join(self.dir, 'out'), 'w') as out:
            return subprocess.Popen(pinned(SERVER_CORE, command), env=dict(os.environ, **(env or {})), cwd=self.dir,
                                    stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def wait(self, began):
        while time.monotonic() - began < 30:
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return
            except OSError:
                time.sleep(0.001)
        sys.exit(f'bench: {type(self).__name__} does not start, see {self.dir}')

    def people(self, accounts):
        pass

    def command(self, args):
        return self.loader + [str(self.port), self.tokens] + [str(a) for a in args]

    def load(self, *args):
        done = subprocess.run(pinned(LOAD_CORE, self.command(args)), stdout=subprocess.PIPE, text=True, timeout=240)
        if done.returncode:
            sys.exit(f'bench: {" ".join(self.command(args))} failed')
        return json.loads(done.stdout)

    def idle_bytes(self, n, *how):
        before = rss_bytes(self.process.pid)
        load = subprocess.Popen(self.command(['idle', n, *how]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if load.stdout.readline() != 'ready\n':
            sys.exit(f'bench: {" ".join(self.command(["idle", n]))} failed')
        time.sleep(1)
        grown = rss_bytes(self.process.pid) - before
        load.communicate('\n', timeout=60)
        return grown / n

    def stop(self, keep=False):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        if not keep:
            shutil.rmtree(self.dir, ignore_errors=True)


class Linnet(Server):
    extra = []

    @property
    def data(self):
        return os.path.join(self.dir, 'data')

    def start(self, accounts):
        return self.spawn(
            [LINNET, '-d', self.data, 'serve', '--listen', f'127.0.0.1:{self.port}'] + self.extra,
            {'LINNET_LOG_LEVEL': 'warn', 'LINNET_LIMITS_SENDS_PER_10S': '1000000000', 'LINNET_LIMITS_OUT_HARD': '4M',
             'LINNET_SERVER_MAX_CONNECTIONS': '100000', 'LINNET_PRESENCE_TTL': '900s', 'LINNET_PRESENCE_HEARTBEAT': '300s'})

    def people(self, accounts):
        lines = ''.join(json.dumps({'name': f'u{i}'}) + '\n' for i in range(accounts))
        with open(self.tokens, 'w') as out:
            subprocess.run([LINNET, '-d', self.data, 'user', 'import', '-', '--tokens'], input=lines, text=True,
                           stdout=out, stderr=subprocess.DEVNULL, check=True)


class LinnetTls(Linnet):
    """The same by TLS; tls_idle.mjs holds the connections."""
    loader = ['node', os.path.join(PEERS, 'tls_idle.mjs')]

    def start(self, accounts):
        cert, key = (os.path.join(self.dir, name) for name in ('cert.pem', 'key.pem'))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                        '-subj', '/CN=localhost', '-keyout', key, '-out', cert], stderr=subprocess.DEVNULL, check=True)
        plain = self.port
        self.port = free_port()
        self.extra = ['--listen', f'tls:127.0.0.1:{self.port}']
        os.environ['LINNET_TLS_CERT'], os.environ['LINNET_TLS_KEY'] = cert, key
        try:
            tls, self.port = self.port, plain
            process = super().start(accounts)
            self.port = tls
            return process
        finally:
            del os.environ['LINNET_TLS_CERT'], os.environ['LINNET_TLS_KEY']


class Node(Server):
    """test/bench/peers/node_server.mjs"""
    needs = "node, npm and what better-sqlite3 is built with"

    @staticmethod
    def is_there():
        return bool(shutil.which('node')) and os.path.isdir(os.path.join(PEERS, 'node_modules', 'better-sqlite3'))

    def start(self, accounts):
        process = self.spawn(['node', os.path.join(PEERS, 'node_server.mjs'), self.dir])
        out = os.path.join(self.dir, 'out')
        for _ in range(2000):
            text = open(out).read()
            if text.startswith('port ') and text.endswith('\n'):
                self.port = int(text.split()[1])
                break
            time.sleep(0.005)
        return process

    def people(self, accounts):
        with open(self.tokens, 'w') as out:
            for i in range(1, accounts + 1):
                out.write(f'{{"id":{i},"name":"u{i}","token":"{i}.x"}}\n')


class Xmpp(Server):
    path = ''

    def command(self, args):
        return ['node', os.path.join(PEERS, 'xmpp_load.mjs'), str(self.port), self.path] + [str(a) for a in args]


class Prosody(Xmpp):
    """Debian's Prosody, archive on (its own files, which it does not sync)."""
    path = '/xmpp-websocket'
    needs = 'the package prosody'

    @staticmethod
    def is_there():
        return bool(shutil.which('prosody')) and Node.is_there()

    def start(self, accounts):
        people = os.path.join(self.dir, 'data', 'localhost', 'accounts')
        os.makedirs(people)
        os.makedirs(os.path.join(self.dir, 'certs'))
        for i in range(1, accounts + 1):
            with open(os.path.join(people, f'u{i}.dat'), 'w') as f:
                f.write('return { ["password"] = "pw"; };\n')
        config = os.path.join(self.dir, 'prosody.cfg.lua')
        with open(config, 'w') as f:
            f.write(f'''pidfile = "{self.dir}/prosody.pid"
data_path = "{self.dir}/data"
run_as_root = true
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{}}
s2s_ports = {{}}
https_ports = {{}}
http_ports = {{ {self.port} }}
http_interfaces = {{ "127.0.0.1" }}
consider_websocket_secure = true
authentication = "internal_plain"
modules_enabled = {{ "saslauth", "disco", "websocket", "mam", "offline" }}
archive_expires_after = "never"
http_default_host = "localhost"
log = {{ error = "{self.dir}/log" }}
VirtualHost "localhost"
''')
        return self.spawn(['prosody', '--config', config, '-F'])


class Ejabberd(Xmpp):
    """Debian's ejabberd, archive on (Mnesia, which it does not sync at each message)."""
    path = '/ws'
    needs = 'the package ejabberd'

    @staticmethod
    def is_there():
        return bool(shutil.which('ejabberdctl')) and bool(shutil.which('erl')) and Node.is_there()

    def start(self, accounts):
        config = os.path.join(self.dir, 'ejabberd.yml')
        with open(config, 'w') as f:
            f.write(f'''hosts: [localhost]
loglevel: warning
listen:
  -
    port: {self.port}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /ws: ejabberd_http_ws
auth_method: anonymous
anonymous_protocol: login_anon
allow_multiple_connections: true
modules:
  mod_disco: {{}}
  mod_mam:
    default: always
    assume_mam_usage: true
''')
        with open(shutil.which('ejabberdctl')) as f:
            libs = next((line.split("'")[1] for line in f if line.startswith("ERL_LIBS='")), '')
        os.makedirs(os.path.join(self.dir, 'mnesia'))
        return self.spawn(['erl', '-noinput', '-mnesia', 'dir', f'"{self.dir}/mnesia"', '-s', 'ejabberd'],
                          {'ERL_LIBS': libs, 'EJABBERD_CONFIG_PATH': config, 'EJABBERD_LOG_PATH': f'{self.dir}/log',
                           'HOME': self.dir})
