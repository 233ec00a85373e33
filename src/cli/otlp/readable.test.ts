/**
 * What OpenTelemetry's serializers make of our spans, read by the definition of the protocol itself (the code that its
 * `.proto` files give, in the package `otlp-definition`), is what a file says.
 */
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { expect, test } from 'vitest';
import { resourceOf, viewOf } from '../../formats/otlp';
import { otlpPieces } from '../../formats/otlp/document';
import { spansOf } from '../../formats/otlp/spans';
import { example, requestOf, traceOf } from '../../formats/testing/example';
import type { Trace } from '../../model/records';
import { Store } from '../../model/store/store';
import { type ReadableSpan, type Resource, readable, resourceFrom } from './readable';
import { decodedTrace, withoutDefaults } from './testing/definition';

function readableOf(doc: Trace): ReadableSpan[] {
  const store = Store.fromDocument(doc);
  const resources = new Map<string, Resource>();
  for (const p of doc.processes) resources.set(p.id, resourceFrom(resourceOf(p, store.header)));
  return [...spansOf(viewOf(store, doc.endAt ?? 0))].map((s) => readable(s, resources.get(s.process) as Resource));
}

const remote = (): Trace =>
  traceOf(
    {
      requests: [requestOf({ headers: [{ name: 'traceparent', value: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01` }] })],
    },
    { settings: { headerLevel: 'values' } },
  );

const asFile = (doc: Trace): unknown => JSON.parse([...otlpPieces(doc)].join(''));

test.each([
  ['the example', example],
  ['a request of another trace', remote],
])('protobuf of %s decodes to what the file says', (_, make) => {
  const bytes = ProtobufTraceSerializer.serializeRequest(readableOf(make()));
  expect(withoutDefaults(decodedTrace(bytes as Uint8Array))).toEqual(withoutDefaults(asFile(make())));
});

test('JSON is what the file says, up to the form of whole numbers', () => {
  const text = new TextDecoder().decode(JsonTraceSerializer.serializeRequest(readableOf(example())));
  const texts = (key: string, value: unknown) => (key === 'intValue' ? String(value) : value);
  const sent = JSON.parse(text, texts);
  const file = asFile(example()) as { resourceSpans: { resource: object }[] };
  // The serializer says the default of one field more.
  for (const r of file.resourceSpans) Object.assign(r.resource, { droppedAttributesCount: 0 });
  for (const r of sent.resourceSpans) delete r.resource.schemaUrl;
  expect(sent).toEqual(file);
});
