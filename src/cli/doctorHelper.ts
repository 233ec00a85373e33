// Of `nettrace doctor`: whether the kernel's figures can be had here.
import { HelperClient } from '../helper/client';
import { locateHelper } from '../helper/locate';
import { messageOf } from './say';

/** Features that need no privilege. */
const tier = 0;

export async function helperFinding(folder: string): Promise<{ state: 'ok' | 'warn'; text: string; advice?: string }> {
  const found = await locateHelper(folder);
  if ('missing' in found) {
    return {
      state: 'warn',
      text: `no figures of the kernel: ${found.detail}`,
      ...(found.missing === 'noHelper' ? { advice: 'It is built with a C compiler and make: npm run build.' } : {}),
    };
  }
  const client = HelperClient.spawn(found.file);
  try {
    const { features } = await client.hello();
    const lacking = features.filter((f) => f.tier === tier && f.state !== 'available');
    if (lacking.length === 0) return { state: 'ok', text: `figures of the kernel, by ${found.file}` };
    const why = lacking.map((f) => `${f.name}: ${f.reason ?? f.error ?? 'not available'}`).join('; ');
    return { state: 'warn', text: `not all figures of the kernel: ${why}` };
  } catch (error) {
    return { state: 'warn', text: `no figures of the kernel: the helper ${messageOf(error)}` };
  } finally {
    client.close();
  }
}
