// Runs a command in the network namespace it was started in (see namespace.ts), after preparing it: loopback up, own
// /etc/hosts and name server, packet filter, and an HTTP server on ::1 and 127.0.0.1. What these saw goes to a file.
// Standard streams and exit code are the command's. Arguments: settings as JSON, then the command.
const { spawn, spawnSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const dgram = require('node:dgram');

const [settings, ...command] = process.argv.slice(2);
const { hosts, filter, routes, kernel, facts, folder } = JSON.parse(settings);
const seen = { names: [], requests: [], filter: '' };

function sh(...args) {
  const { status, stderr } = spawnSync(args[0], args.slice(1), { encoding: 'utf8' });
  if (status !== 0) {
    console.error(`stage: ${args.join(' ')}: ${stderr}`);
    process.exit(97);
  }
}

function overlay(name, text) {
  writeFileSync(`${folder}/${name}`, text);
  sh('mount', '--bind', `${folder}/${name}`, `/etc/${name}`);
}

/** A name server that knows no name: answers every question with NXDOMAIN. */
async function nameServer() {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (question, from) => {
    const labels = [];
    for (let i = 12; question[i] > 0; i += question[i] + 1)
      labels.push(question.toString('latin1', i + 1, i + 1 + question[i]));
    seen.names.push(labels.join('.'));
    let end = 12;
    while (question[end] > 0) end += question[end] + 1;
    const answer = Buffer.from(question.subarray(0, end + 5));
    answer.writeUInt16BE(0x8183, 2);
    answer.writeUInt16BE(1, 4);
    for (const count of [6, 8, 10]) answer.writeUInt16BE(0, count);
    socket.send(answer, from.port, from.address);
  });
  await new Promise((r) => socket.bind(53, '127.0.0.1', r));
}

async function webServer() {
  const serve = (req, res) => {
    seen.requests.push({ url: req.url, to: req.socket.localAddress, remotePort: req.socket.remotePort });
    res.end('hello');
  };
  const first = createServer(serve);
  await new Promise((r) => first.listen(0, '127.0.0.1', r));
  const { port } = first.address();
  const second = createServer(serve);
  await new Promise((r) => second.listen(port, '::1', r));
  return port;
}

(async () => {
  sh('ip', 'link', 'set', 'lo', 'up');
  overlay('hosts', hosts);
  overlay('resolv.conf', 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
  overlay('nsswitch.conf', 'hosts: files dns\n');
  for (const rule of filter) sh('nft', ...rule);
  for (const route of routes) sh('ip', 'route', ...route);
  for (const [name, value] of Object.entries(kernel)) writeFileSync(`/proc/sys/net/${name}`, value);
  await nameServer();
  const port = await webServer();
  const env = { ...process.env, UP_PORT: String(port) };
  delete env.NODE_OPTIONS;
  if (env.STAGE_NODE_OPTIONS) env.NODE_OPTIONS = env.STAGE_NODE_OPTIONS;
  delete env.STAGE_NODE_OPTIONS;
  const child = spawn(command[0], command.slice(1), { env, stdio: 'inherit' });
  child.on('exit', (code) => {
    if (filter.length > 0) seen.filter = spawnSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }).stdout;
    writeFileSync(facts, JSON.stringify(seen));
    process.exit(code ?? 98);
  });
})();
