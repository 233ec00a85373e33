/**
 * What a rules file of `nettrace check` may say. From this schema come the validation, the types and the published
 * docs/rules.schema.json, with which editors complete and check such files.
 */
import type { Static, TProperties } from 'typebox';
import * as Type from 'typebox';
import { phaseNames } from '../../model/records';

/** An unknown key is a typing mistake, never ignored. */
const closed = <P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });
const text = (description: string) => Type.String({ minLength: 1, description });
const optional = Type.Optional;
const oneOf = <const W extends readonly string[]>(words: W, description: string) =>
  Type.Unsafe<W[number]>(Type.String({ enum: words, description }));
const query = (description: string) => text(`${description} A query as in the panel’s filter (docs/query.md).`);

const bound = (description: string) =>
  Type.Unsafe<string | number>({
    type: ['string', 'number'],
    pattern: '^\\s*(<=|>=|<|>|=)\\s*\\d+(\\.\\d+)?\\s*([µu]s|ms|s|min|k|M|kB|MB|B|%)?\\s*$',
    description: `${description} Such as "<= 5", "< 300ms", "<= 1%"; a number alone is the maximum.`,
  });

const time = (which: string) =>
  optional(
    closed(
      {
        phase: optional(oneOf(['total', ...phaseNames], 'What is measured; default: total.')),
        is: bound('The time; without a unit in ms.'),
      },
      `${which} of the requests’ times. Requests without this phase are left out.`,
    ),
  );

const none = (description: string) => optional(oneOf(['none'], description));

export const within = ['run', 'test', 'process', 'host', 'call-site'] as const;
export const severities = ['error', 'warning', 'info'] as const;

const assertion = closed(
  {
    count: optional(bound('Number of the requests.')),
    none: optional(Type.Literal(true, { description: 'There is no such request.' })),
    every: optional(query('All of the requests match this too.')),
    failures: optional(bound('Requests that failed (no response, or a response cut off), as a number or a share.')),
    connections: optional(bound('Connections opened for the requests.')),
    lookups: optional(bound('DNS lookups made for the requests.')),
    bytes: optional(bound('Bytes sent and received by the requests.')),
    p50: time('Median'),
    p95: time('95th percentile'),
    max: time('Maximum'),
    hosts: optional(
      closed(
        {
          only: optional(
            Type.Array(text('Host, pattern with *, or a name of `hosts`.'), { description: 'Allowed hosts.' }),
          ),
          'new-since': optional(
            text('Trace, or folder of traces, whose hosts are allowed; relative to the rules file.'),
          ),
        },
        'Hosts that the requests may go to.',
      ),
    ),
    finding: optional(
      closed(
        {
          id: Type.Union([oneOf(['any'], 'Every finding.'), Type.Array(text('Id of a finding (docs/findings.md).'))], {
            description: 'Findings that are counted.',
          }),
          max: optional(Type.Integer({ minimum: 0, description: 'So many are allowed; default: 0.' })),
          'min-certainty': optional(
            oneOf(['sure', 'likely', 'unclear'], 'Only those at least as certain; default: likely.'),
          ),
          'min-severity': optional(oneOf(severities, 'Only those at least as severe; default: info.')),
        },
        'Findings about the requests.',
      ),
    ),
    certificate: optional(
      closed({ 'days-left': bound('Days from the trace to the end of the certificate.') }, 'Servers’ certificates.'),
    ),
    baseline: optional(
      closed(
        {
          file: text('Trace, or folder of traces of several runs; relative to the rules file.'),
          slower: none('No kind of request is slower.'),
          more: none('No kind of request is made more often, and none is new.'),
          answers: none('No kind of request is answered otherwise.'),
          'new-hosts': none('No host is new.'),
          'new-findings': none('No finding is new or worse.'),
        },
        'Compared with saved traces, as `nettrace diff` does.',
      ),
    ),
  },
  'What has to be so; one of its keys.',
);

const rule = closed(
  {
    id: optional(
      Type.String({
        pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
        description: 'Name in reports; default: rule- and its number.',
      }),
    ),
    title: optional(text('In words.')),
    where: optional(query('The requests it is about; default: all.')),
    query: optional(query('The same as where.')),
    assert: optional(assertion),
    max: optional(Type.Integer({ minimum: 0, description: 'The same as assert: {count: "<= N"}.' })),
    severity: optional(oneOf(severities, 'Only errors make the exit code 1; default: error.')),
    within: optional(
      oneOf(
        within,
        'It is checked separately for each run, test (or label), process, host or calling line; default: run.',
      ),
    ),
    'min-samples': optional(
      Type.Integer({
        minimum: 1,
        description: 'Fewer times decide nothing; default: 5 for p50, 20 for p95, 1 for max.',
      }),
    ),
    because: optional(text('Why, shown where it is broken.')),
    until: optional(
      Type.String({
        pattern: '^\\d{4}-\\d\\d-\\d\\d$',
        description: 'Last day on which it applies; after it, the rule is broken until it is reviewed.',
      }),
    ),
  },
  'One rule.',
);

export const rulesFile = closed(
  {
    $schema: optional(Type.String()),
    version: optional(Type.Literal(1, { description: 'Version of this format.' })),
    defaults: optional(
      closed(
        {
          within: optional(oneOf(within, 'Default of within.')),
          severity: optional(oneOf(severities, 'Default of severity.')),
          'min-samples': optional(Type.Integer({ minimum: 1, description: 'Default of min-samples.' })),
        },
        'For rules that do not say it.',
      ),
    ),
    hosts: optional(
      Type.Record(Type.String(), Type.Array(text('Host, or pattern with *.')), {
        description: 'Names for lists of hosts: ours: ["*.shop.example", "127.0.0.1"].',
      }),
    ),
    ignore: optional(Type.Array(query('Requests that no rule sees.'), { description: 'Left out of all rules.' })),
    rules: Type.Array(rule, { minItems: 1, description: 'Each is checked by itself.' }),
  },
  'Rules for the requests of a program, checked by nettrace check.',
);

export type RulesFile = Static<typeof rulesFile>;
export type RuleText = Static<typeof rule>;
export type Assertion = Static<typeof assertion>;
export type Within = (typeof within)[number];
export type RuleSeverity = (typeof severities)[number];
