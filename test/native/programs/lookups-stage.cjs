// Runs a command in a network namespace whose name server answers each question after a while, and writes down, on the
// monotonic clock, when the question came and when the answer left. Arguments: a folder, ms, then the command.
const { spawn, execFileSync } = require('node:child_process');
const { createSocket } = require('node:dgram');
const { writeFileSync } = require('node:fs');
const { decode, encode } = require('dns-packet');

const [folder, ms, ...command] = process.argv.slice(2);
const asked = [];
const now = () => String(process.hrtime.bigint());

function answer(bytes, from) {
  const query = decode(bytes);
  const [question] = query.questions;
  const one = { name: question.name, type: question.type, askedAt: now() };
  asked.push(one);
  setTimeout(() => {
    const known = question.type === 'A' && question.name !== 'unknown.example';
    const answers = known ? [{ name: question.name, type: 'A', ttl: 30, data: '127.0.0.1' }] : [];
    const flags = 0x180 | (question.name === 'unknown.example' ? 3 : 0);
    udp.send(
      encode({ type: 'response', id: query.id, flags, questions: [question], answers }),
      from.port,
      from.address,
    );
    one.answeredAt = now();
  }, Number(ms));
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
const overlays = { 'resolv.conf': 'nameserver 127.0.0.1\n', 'nsswitch.conf': 'hosts: files dns\n' };
for (const [file, text] of Object.entries(overlays)) {
  writeFileSync(`${folder}/${file}`, text);
  execFileSync('mount', ['--bind', `${folder}/${file}`, `/etc/${file}`]);
}
const udp = createSocket('udp4').on('message', answer);
udp.bind(53, '127.0.0.1', () => {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] });
  child.on('exit', (code) => {
    writeFileSync(`${folder}/asked.json`, JSON.stringify(asked));
    process.exit(code ?? 98);
  });
});
