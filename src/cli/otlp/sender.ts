/**
 * Sends batches of spans by OpenTelemetry's own exporter: its serializers, compression, retries with back-off (429, 502,
 * 503, 504 with Retry-After; refused and broken connections) within the time that a batch is given.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import {
  type IExportTraceServiceResponse,
  type ISerializer,
  JsonTraceSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import { version } from '../../../package.json';
import { messageOf } from '../../model/base/text';
import { printable } from '../terminal/say';
import type { Endpoint } from './endpoint';
import type { Sender, Sent } from './queue';
import type { ReadableSpan } from './readable';

type Serializer = ISerializer<ReadableSpan[], IExportTraceServiceResponse>;

const formats = {
  'http/protobuf': { serializer: ProtobufTraceSerializer, contentType: 'application/x-protobuf' },
  'http/json': { serializer: JsonTraceSerializer, contentType: 'application/json' },
} as const satisfies Record<Endpoint['protocol'], { serializer: Serializer; contentType: string }>;

export function senderTo(endpoint: Endpoint): Sender<ReadableSpan> {
  const { Agent } = endpoint.url.startsWith('https:') ? https : http;
  const agent = new Agent({ keepAlive: true });
  const { serializer, contentType } = formats[endpoint.protocol];
  const headers = { ...endpoint.headers, 'Content-Type': contentType };

  const send = (spans: readonly ReadableSpan[], timeoutMs: number): Promise<Sent> =>
    new Promise((resolve) => {
      let rejected = 0;
      const counting: Serializer = {
        serializeRequest: (all) => serializer.serializeRequest(all),
        deserializeResponse: (data) => {
          const response = serializer.deserializeResponse(data);
          rejected = Math.min(spans.length, Math.max(0, Number(response.partialSuccess?.rejectedSpans ?? 0) || 0));
          return response;
        },
      };
      const delegate = createOtlpHttpExportDelegate(
        {
          url: endpoint.url,
          // It adds to what it is given.
          headers: async () => ({ ...headers }),
          compression: endpoint.compression,
          timeoutMillis: timeoutMs,
          concurrencyLimit: 1,
          agentFactory: async () => agent,
          userAgent: `nettrace/${version}`,
        },
        counting,
        'otlp_http_span_exporter',
        TraceExporterMetricsHelper,
        undefined,
      );
      try {
        delegate.export([...spans], ({ code, error }) =>
          resolve(code === 0 ? { rejected } : { rejected: 0, error: reasonOf(error) }),
        );
      } catch (error) {
        resolve({ rejected: 0, error: reasonOf(error) });
      }
    });

  // Ends what is under way, too.
  return { send, close: () => agent.destroy() };
}

/** Few words; what the endpoint says is not trusted. */
function reasonOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  const text = printable(messageOf(error)).slice(0, 200);
  if (typeof code === 'number') return `HTTP ${code}${text === '' ? '' : ` ${text}`}`;
  return text === 'Export failed with retryable status' ? 'the endpoint asked to try again later' : text;
}
