/**
 * A03 with the messages; and the hook's own resolver beside the system's, in a separate network namespace: what the
 * program gets is the same to the letter.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { observe, only } from '../support/observe';
import { stage, whyNoNamespace } from '../support/programs/namespace';
import { nodes } from '../support/programs/nodes';

const noNamespace = whyNoNamespace(false);
if (noNamespace) console.warn(`A03 is skipped: ${noNamespace}`);

describe.skipIf(noNamespace).each(nodes)('Node $major', (node) => {
  test('A03: a name that does not exist, with what the name server said', async () => {
    const { wrap, facts } = stage({});
    const conf = { dnsResolver: true };
    const seen = await observe(node, join(import.meta.dirname, 'programs/unknown-name.cjs'), { wrap, conf });
    expect(facts().names).toContain('nosuch.invalid');
    expect(only(seen.requests).error).toMatchObject({ phase: 'dns', code: 'ENOTFOUND', hostname: 'nosuch.invalid' });
    expect(seen.phaseNames(only(seen.requests))).toEqual(['queue', 'dns']);
    expect(only(seen.dials).error?.code).toBe('ENOTFOUND');
    expect(seen.connections.filter((c) => c.kind === 'tcp')).toEqual([]);
    expect(only([...seen.run.store.lookups.values()])).toMatchObject({
      rcode: 'non-existent-domain',
      answeredBy: 'network',
      servers: ['127.0.0.1'],
    });
    const rcodes = seen.run.trace.dnsExchanges?.map((x) => x.replies?.[0]?.rcode);
    expect(new Set(rcodes)).toEqual(new Set(['non-existent-domain']));
  });

  test('each form of the call gives what the system’s lookup gives', async () => {
    const { wrap } = stage({ hosts: '127.0.0.1 localhost both.test\n::1 both.test\n127.0.0.2 both.test\n' });
    const program = join(import.meta.dirname, '../hook/programs/resolver.cjs');
    const seen = await observe(node, program, { wrap, args: ['forms', 'both.test'], conf: { dnsResolver: true } });
    expect(seen.run.stdout).toContain('getaddrinfo ENOTFOUND no.such.name.invalid');
    const own = [...seen.run.store.lookups.values()].filter((l) => l.answeredBy !== 'getaddrinfo');
    // All but the one with mapped addresses.
    expect(own).toHaveLength(seen.run.store.lookups.size - 1);
  });
});
