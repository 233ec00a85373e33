/** What a setting or launch configuration says of packets; it may hold anything. */
import type { CaptureSettings } from '../../session/packets/captureSettings';

/** With packets go the secrets to decrypt them: whether they are saved is asked when they are. */
export function captureOptions(value: unknown): { capture?: CaptureSettings | undefined; keys?: boolean } {
  if (value === false) return { capture: undefined, keys: false };
  if (value === true) return { capture: {}, keys: true };
  if (typeof value !== 'object' || value === null) return {};
  const asked = value as Readonly<Record<string, unknown>>;
  const capture: CaptureSettings = {};
  if (Number.isSafeInteger(asked.limit) && (asked.limit as number) >= 0) capture.limit = asked.limit as number;
  for (const name of ['icmp', 'arp', 'headersOnly'] as const)
    if (typeof asked[name] === 'boolean') capture[name] = asked[name];
  return { capture, keys: true };
}
