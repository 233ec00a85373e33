/** A program that made its requests and stands, under `nettrace run --metrics`. */
import { closedPort } from '../../support/ports';
import { type Nettrace, programs, type Result } from '../testing/nettrace';

export interface Counted {
  port: number;
  nobody: number;
  served: Record<string, number>;
  bytes: number;
}

/** Acts once the program has reported its counts; the program ends afterwards. */
export async function whileItStands<T>(
  nettrace: Nettrace,
  options: readonly string[],
  act: (url: string) => Promise<T>,
): Promise<{ result: Result; counted: Counted; got: T }> {
  const port = await closedPort();
  const url = `http://127.0.0.1:${port}/metrics`;
  let acted: Promise<T> | undefined;
  const command = [process.execPath, `${programs}/counts.cjs`];
  const result = await nettrace.run(['run', '--metrics', String(port), ...options, '--', ...command], {
    isInputOpen: true,
    on: [
      'served',
      (child) => {
        acted = act(url).finally(() => child.stdin?.end());
      },
    ],
  });
  if (!acted) throw new Error(result.stderr);
  return { result, counted: JSON.parse(result.stdout) as Counted, got: await acted };
}
