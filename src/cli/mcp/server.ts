/**
 * The Model Context Protocol on the standard streams, by its official library. A bundle of its own (dist/mcp.cjs), which
 * `nettrace mcp` alone loads, as the library is large; it knows nothing of traces.
 */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type Tool as ToolOfProtocol,
} from '@modelcontextprotocol/sdk/types.js';

/** A tool that only reads. */
export interface ServedTool {
  name: string;
  title: string;
  description: string;
  /** JSON Schemas of its arguments and of its structured answer. */
  input: object;
  output: object;
}

export interface Answer {
  text: string;
  /** Follows the tool's schema. Absent: the call failed, and the text says why. */
  structured?: Record<string, unknown>;
}

export interface Served {
  name: string;
  title: string;
  version: string;
  instructions: string;
  tools: readonly ServedTool[];
  /** `undefined`: there is no tool of this name. It does not throw. */
  call(name: string, args: unknown): Promise<Answer> | undefined;
  /** What a client reads that asks for a tool that does not exist. */
  unknown(name: string): string;
  /** An error of the connection. */
  failed(error: Error): void;
}

/** Serves until the standard input ends, or nobody reads the output any more. */
export async function serveTools(served: Served): Promise<void> {
  const { name, title, version, instructions } = served;
  const server = new Server({ name, title, version }, { capabilities: { tools: {} }, instructions });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: served.tools.map(described) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const answer = served.call(params.name, params.arguments);
    if (answer === undefined) throw new McpError(ErrorCode.InvalidParams, served.unknown(params.name));
    return resultOf(await answer);
  });
  server.onerror = (error) => served.failed(error);
  const ended = new Promise<void>((done) => {
    server.onclose = done;
    process.stdin.once('end', () => void server.close()).once('close', () => void server.close());
    // Who listened is gone: nothing more can be said.
    process.stdout.once('error', () => void server.close());
  });
  await server.connect(new StdioServerTransport());
  await ended;
}

function resultOf({ text, structured }: Answer): CallToolResult {
  const content: CallToolResult['content'] = [{ type: 'text', text }];
  return structured === undefined ? { content, isError: true } : { content, structuredContent: structured };
}

/** TypeBox marks its schemas by hidden fields, which JSON leaves out. */
const plain = (schema: object) => JSON.parse(JSON.stringify(schema)) as ToolOfProtocol['inputSchema'];

const described = ({ name, title, description, input, output }: ServedTool): ToolOfProtocol => ({
  name,
  title,
  description,
  inputSchema: plain(input),
  outputSchema: plain(output),
  annotations: { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
});
