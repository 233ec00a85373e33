/** What VS Code's debugger does in each process that listens for one: asynchronous stacks are on. */
import type { ChildProcess } from 'node:child_process';
import { Inspector } from '../support/programs/inspector';

/** `ready`: once the first process has them. Each process prints its address on the child's stderr. */
export function attachDebugger(child: ChildProcess, ready: () => void = () => undefined): void {
  let said = '';
  const known = new Set<string>();
  child.stderr?.on('data', (piece: string) => {
    said += piece;
    for (const [url] of said.matchAll(/ws:\/\/\S+(?=\s)/g)) {
      if (known.has(url)) continue;
      known.add(url);
      const attached = attach(url);
      if (known.size === 1) void attached.then(ready);
    }
  });
}

async function attach(url: string): Promise<void> {
  try {
    const inspector = await Inspector.connect(url);
    await inspector.leaveAtEnd();
    await inspector.asyncStacks();
  } catch {
    // The process has ended.
  }
}
