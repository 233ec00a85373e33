// Runs a command in a network namespace with name servers of its own: the first says nothing, the second cuts what it
// says over UDP of one name. What they were asked goes to a file in the end. Arguments: a folder, then the command.
const { spawn, execFileSync } = require('node:child_process');
const { createSocket } = require('node:dgram');
const { writeFileSync } = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const { decode, encode } = require('dns-packet');

const [folder, ...command] = process.argv.slice(2);
const asked = [];

function answer(bytes, at, transport, port) {
  const query = decode(bytes);
  const [question] = query.questions;
  asked.push({ at, transport, port, id: query.id, name: question.name, type: question.type, size: bytes.length });
  const cut = transport === 'udp' && question.name === 'big.example';
  const answers =
    question.type === 'A' && !cut
      ? [
          { name: question.name, type: 'CNAME', ttl: 60, data: 'real.example' },
          { name: 'real.example', type: 'A', ttl: 30, data: '127.0.0.1' },
        ]
      : [];
  const flags = 0x180 | (cut ? 0x200 : 0);
  return encode({ type: 'response', id: query.id, flags, questions: [question], answers });
}

async function server(at, speaks) {
  const udp = createSocket('udp4');
  udp.on('message', (bytes, from) => {
    if (speaks) udp.send(answer(bytes, at, 'udp', from.port), from.port, from.address);
    else asked.push({ at, transport: 'udp', port: from.port, ...name(bytes) });
  });
  await new Promise((r) => udp.bind(53, at, r));
  const tcp = net.createServer((s) => {
    s.on('error', () => {});
    s.on('data', (b) => {
      // The library asks for both families in one piece, and waits for ever.
      for (let i = 0; i + 2 <= b.length; i += 2 + b.readUInt16BE(i)) {
        const reply = answer(b.subarray(i + 2, i + 2 + b.readUInt16BE(i)), at, 'tcp', s.remotePort);
        s.write(Buffer.concat([Buffer.of(reply.length >> 8, reply.length & 255), reply]));
      }
    });
  });
  if (speaks) await new Promise((r) => tcp.listen(53, at, r));
}

function name(bytes) {
  const query = decode(bytes);
  return { id: query.id, name: query.questions[0].name, type: query.questions[0].type, size: bytes.length };
}

(async () => {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const overlays = {
    hosts: '127.0.0.1 localhost\n',
    'resolv.conf': 'nameserver 127.0.0.2\nnameserver 127.0.0.3\noptions timeout:1 attempts:1\n',
    'nsswitch.conf': 'hosts: files dns\n',
  };
  for (const [file, text] of Object.entries(overlays)) {
    writeFileSync(`${folder}/${file}`, text);
    execFileSync('mount', ['--bind', `${folder}/${file}`, `/etc/${file}`]);
  }
  await server('127.0.0.2', false);
  await server('127.0.0.3', true);
  const web = http.createServer((_q, r) => r.end('hello'));
  await new Promise((r) => web.listen(8080, '127.0.0.1', r));
  // Another program asks for the same names.
  const other = createSocket('udp4');
  const ask = encode({ type: 'query', id: 7, flags: 0x100, questions: [{ type: 'A', name: 'other.example' }] });
  setInterval(() => other.send(ask, 53, '127.0.0.3'), 20);
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] });
  child.on('exit', (code) => {
    writeFileSync(`${folder}/asked.json`, JSON.stringify(asked));
    process.exit(code ?? 98);
  });
})();
