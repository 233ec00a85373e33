/** What the status line says of the kernel's figures: of the run that was started last. */
import type { Store } from '../model/store';

const offWords: Record<string, string> = {
  noHelper: 'kernel figures off: no helper',
  platform: 'kernel figures off: not on this platform',
  fault: 'kernel figures off: fault',
};

export function kernelState(store: Store | undefined): string {
  const source = store?.header.sources.find((s) => s.name === 'inetDiag');
  switch (source?.state) {
    case 'on':
      return 'kernel figures on';
    case 'partial':
      // It was there and is not, or some of it is.
      return source.toAt === undefined ? 'kernel figures in part' : 'kernel figures off: fault';
    default:
      return offWords[source?.reason ?? ''] ?? 'kernel figures off';
  }
}
