/** The lookup that the connection needed. */
import { timeText } from '../../../src/model/base/text';
import type { Details } from '../../view/types';
import { errorText, Fact } from './facts';

const answerers: Readonly<Record<string, string>> = {
  getaddrinfo: 'answered by the system',
  hosts: 'answered by the hosts file',
  network: 'answered by the name server',
  cache: 'answered by a cache',
  custom: '',
};

const callText = (call: string | undefined): string | undefined =>
  call === 'custom'
    ? 'a function of the program'
    : call === 'own'
      ? 'Net Trace’s own resolver'
      : call === undefined || call.includes('.')
        ? call
        : `dns.${call}`;

export function Lookup({ details }: { details: Details }) {
  const l = details.lookup;
  if (!l) return null;
  return (
    <>
      <h3>DNS lookup</h3>
      <table class="kv">
        <tbody>
          <Fact name="Name" mono>
            {l.hostname}
          </Fact>
          <Fact name="Answer" mono>
            {l.addresses?.map((a) => (
              <div key={a.address}>
                {a.address}
                {a.ttl === undefined ? '' : ` (TTL ${a.ttl} s)`}
              </div>
            ))}
          </Fact>
          <Fact name="Records" mono>
            {l.records?.map((r, i) => (
              <div key={i}>
                {r.name} {r.ttl === undefined ? '' : `${r.ttl} s `}
                {r.type} {r.value}
              </div>
            ))}
          </Fact>
          <Fact name="Failed">{errorText(l.error)}</Fact>
          <Fact name="Response code">{l.rcode}</Fact>
          <Fact name="Name servers" mono>
            {l.servers?.join(', ')}
          </Fact>
          <Fact name="Passed over">
            {l.skippedServers?.map((s) => `${s.server}${s.why === undefined ? '' : ` (${s.why})`}`).join(', ')}
          </Fact>
          <Fact name="By">
            {[
              callText(l.call),
              l.answeredBy === undefined ? undefined : (answerers[l.answeredBy] ?? `answered by ${l.answeredBy}`),
            ]
              .filter(Boolean)
              .join(', ')}
          </Fact>
          <Fact name="Took">
            {l.beginAt !== undefined && l.endAt !== undefined ? timeText(l.endAt - l.beginAt) : undefined}
          </Fact>
          <Fact name="Thread pool wait">
            {l.poolWaitDuration === undefined ? undefined : timeText(l.poolWaitDuration)}
          </Fact>
          <Fact name="In the C library">
            {l.system === undefined
              ? undefined
              : `${timeText(l.system.endAt - l.system.beginAt)}, begun ${timeText(l.system.beginAt - (l.beginAt ?? l.system.beginAt))} after the call`}
          </Fact>
          <Fact name="Under way">
            {!l.inFlight ? undefined : `${l.inFlight} ${l.inFlight === 1 ? 'lookup' : 'lookups'} of this process`}
          </Fact>
        </tbody>
      </table>
    </>
  );
}
