/** Debian's Prometheus and its promtool read what `nettrace run --metrics` says. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { closedPort } from '../../support/ports';
import { repository } from '../../support/programs/nodes';
import { Nettrace } from '../testing/nettrace';
import { ask, requestsAt } from './client';
import { whileItStands } from './running';

const nettrace = new Nettrace();

/** From the PATH, or from where `scripts/prometheus.mjs` puts them. */
function programOf(name: string): string | undefined {
  const folders = [join(repository, '.cache/prometheus'), ...(process.env.PATH ?? '').split(':')];
  return folders.map((folder) => join(folder, name)).find(existsSync);
}
const prometheus = programOf('prometheus');
const promtool = programOf('promtool');
const isThere = prometheus !== undefined && promtool !== undefined;
if (!isThere)
  console.warn(
    'Prometheus (2 tests): skipped, it is not there. node scripts/prepare.mjs hook downloads it from Debian.',
  );

test.skipIf(!isThere)('promtool finds nothing to complain of', async () => {
  const { got } = await whileItStands(nettrace, ['--quiet'], async (url) => {
    await expect.poll(() => requestsAt(url)).toBe(22);
    return ask(url);
  });
  // It fails with a reason for each metric whose name or text is against the conventions.
  expect(execFileSync(promtool as string, ['check', 'metrics'], { input: got.text, encoding: 'utf8' })).toBe('');
});

test.skipIf(!isThere)('Prometheus scrapes what the server counted', async () => {
  const folder = scratch();
  const config = join(folder, 'prometheus.yml');
  const port = await closedPort();
  const api = `http://127.0.0.1:${port}/api/v1/query?query=`;

  const { counted, got } = await whileItStands(nettrace, ['--quiet'], async (url) => {
    const targets = `[{ targets: ['${new URL(url).host}'] }]`;
    writeFileSync(
      config,
      `scrape_configs: [{ job_name: nettrace, scrape_interval: 300ms, scrape_timeout: 300ms, static_configs: ${targets} }]\n`,
    );
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const server = spawn(prometheus as string, [...args, '--log.level=error'], { stdio: 'ignore' });
    const query = async (text: string) => {
      const { status, text: body } = await ask(api + encodeURIComponent(text)).catch(() => ({ status: 0, text: '' }));
      if (status !== 200) return undefined;
      const { result } = (
        JSON.parse(body) as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } }
      ).data;
      return result.map((r) => [r.metric.status, Number(r.value[1])] as const);
    };
    try {
      await expect.poll(() => query('sum(nettrace_requests_total)'), { timeout: 30_000 }).toEqual([[undefined, 22]]);
      return {
        byStatus: await query('sum by (status) (nettrace_requests_total)'),
        up: await query('up{job="nettrace"}'),
        quantile: await query('histogram_quantile(0.5, sum by (le) (nettrace_request_duration_seconds_bucket))'),
      };
    } finally {
      server.kill('SIGKILL');
    }
  });
  expect(got.up).toEqual([[undefined, 1]]);
  const answered = got.byStatus?.filter(([status]) => status !== 'none') ?? [];
  expect(Object.fromEntries(answered)).toEqual(counted.served);
  expect(got.quantile?.[0]?.[1]).toBeGreaterThan(0);
});
