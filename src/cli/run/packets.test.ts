import { afterEach, expect, test, vi } from 'vitest';
import type { TraceSession } from '../../session/session';
import { captureNote, checkPacketOptions, savePackets } from './packets';

const asked = { output: ['a.pcapng'], capture: true };
const session = (parts: { packetsToSave(): unknown; packets?: unknown }) => parts as unknown as TraceSession;
afterEach(() => vi.restoreAllMocks());

test('a capture that was not permitted: the file is named as not written, with why and what to do', async () => {
  const none = session({ packetsToSave: () => undefined, packets: { unavailable: 'needs cap_net_raw.' } });
  expect(await savePackets(none, ['/tmp/a.pcapng'], asked)).toEqual({
    files: [
      {
        path: '/tmp/a.pcapng',
        error: '/tmp/a.pcapng was not written: needs cap_net_raw. nettrace doctor says what to do.',
      },
    ],
  });
  const silent = await savePackets(session({ packetsToSave: () => undefined }), ['a.pcapng'], asked);
  expect(silent.files[0]?.error).toContain('a.pcapng was not written: nothing was captured.');
});

test.each([
  [{ dropped: 0, truncated: false }, '3 packets'],
  [{ dropped: 12, truncated: false }, '3 packets (12 dropped by the capture)'],
  [{ dropped: 0, truncated: true }, '3 packets (the limit was reached: later ones are not there)'],
])('%j: said beside the number of packets', async (capture, words) => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const some = session({
    packetsToSave: () => ({ count: 3 }),
    packets: { records: () => ({ captures: [capture] }) },
  });
  const write = vi.fn(() => Promise.resolve(24));
  const { files } = await savePackets(some, ['a.pcapng'], asked, write);
  expect(files).toEqual([{ path: 'a.pcapng', bytes: 24 }]);
  expect(said.mock.calls.map(([text]) => text)).toEqual([`nettrace: ${words}\n`]);
});

test('conflicting options are refused, and a capture without a file is reported', () => {
  expect(() => checkPacketOptions({ output: ['a.pcapng'] })).toThrow('a.pcapng needs --capture.');
  expect(() => checkPacketOptions({ output: [], captureLimit: 1 })).toThrow('--capture-limit needs --capture.');
  expect(captureNote({ output: [], capture: true })).toContain('the packets are not saved');
  expect(captureNote(asked)).toBeUndefined();
});
