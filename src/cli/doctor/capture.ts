/** Of `nettrace doctor`: whether packets can be captured here, found out by doing it. */
import { CaptureUnavailable, startFirst } from '../../helper/capture/engine';
import { HelperClient } from '../../helper/client';
import { locateHelper } from '../../helper/locate';
import { messageOf } from '../../model/base/text';
import { captureEngines } from '../../session/packets/engines';

const advice: Readonly<Record<string, string>> = {
  noRights: 'Only for --capture: install the helper as described above, or join the group that may run dumpcap.',
  noHelper: 'Only for --capture: install Wireshark’s dumpcap (Debian and Ubuntu: wireshark-common).',
};

export async function captureFinding(folder: string): Promise<{ state: 'ok' | 'warn'; text: string; advice?: string }> {
  const found = await locateHelper(folder);
  const helper = 'missing' in found ? undefined : HelperClient.spawn(found.file, { features: ['capture'] });
  try {
    const asked = { snaplen: 64, icmp: false, arp: false };
    const { engine, started } = await startFirst(captureEngines(helper), asked);
    const read = (async () => {
      for await (const _ of started.batches);
    })();
    await started.stop();
    await read;
    return {
      state: 'ok',
      text: `packets can be captured, by ${engine.name === 'helper' ? 'the helper' : engine.name}`,
    };
  } catch (error) {
    const hint = error instanceof CaptureUnavailable ? advice[error.reason] : undefined;
    return { state: 'warn', text: `no packets: ${messageOf(error)}`, ...(hint === undefined ? {} : { advice: hint }) };
  } finally {
    helper?.close();
  }
}
