/**
 * `$net` in one debug session: messages to and from the debugger are changed in place. So the Debug Console, watches
 * and hovers know it, whether the program runs or is paused, and nothing is added to the program.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { completions } from '../../model/query';
import { type NetSource, netObject } from './object';
import { rewrite, usesOf } from './rewrite';

const members: DebugProtocol.CompletionItem[] = [
  { label: 'requests', text: 'requests()', type: 'method', detail: 'requests of this run, or those of a query' },
  { label: 'last', type: 'property', detail: 'the request made last' },
  { label: 'connections', text: 'connections()', type: 'method', detail: 'connections, with their requests' },
  { label: 'request', type: 'property', detail: 'the request at which the program stopped' },
];
const itself: DebugProtocol.CompletionItem = { label: '$net', type: 'variable', detail: 'what the program requested' };

/** Completions that were asked for and are not answered yet. */
const maxAsked = 50;

export class NetConsole {
  readonly #asked = new Map<number, DebugProtocol.CompletionItem[]>();

  readonly #source: NetSource;

  constructor(source: NetSource) {
    this.#source = source;
  }

  /** A request is on its way to the debugger. */
  asked(message: DebugProtocol.Request): void {
    if (message.command === 'evaluate') this.#evaluate(message.arguments as DebugProtocol.EvaluateArguments);
    else if (message.command === 'completions') this.#complete(message as DebugProtocol.CompletionsRequest);
  }

  /** A message comes from the debugger. */
  onResponse(message: DebugProtocol.ProtocolMessage): void {
    const response = message as DebugProtocol.CompletionsResponse;
    if (message.type !== 'response' || response.command !== 'completions') return;
    const items = this.#asked.get(response.request_seq);
    if (!items) return;
    this.#asked.delete(response.request_seq);
    const theirs = response.success ? (response.body?.targets ?? []) : [];
    response.success = true;
    response.body = { targets: [...items, ...theirs] };
  }

  #evaluate(args: DebugProtocol.EvaluateArguments | undefined): void {
    if (typeof args?.expression !== 'string') return;
    const shares = usesOf(args.expression).length;
    if (shares === 0) return;
    const rewritten = rewrite(args.expression, (use) => netObject(use, this.#source, shares));
    if (rewritten !== undefined) args.expression = rewritten;
  }

  #complete({ seq, arguments: args }: DebugProtocol.CompletionsRequest): void {
    const items = completionsOf(args.text, args.line, args.column, this.#source);
    if (items.length === 0) return;
    this.#asked.set(seq, items);
    for (const old of [...this.#asked.keys()].slice(0, -maxAsked)) this.#asked.delete(old);
  }
}

/** What may follow the text before the cursor; line and column from 1, the line absent for the first. */
export function completionsOf(
  text: string,
  line: number | undefined,
  column: number,
  source: NetSource,
): typeof members {
  const before = (text.split('\n')[(line ?? 1) - 1] ?? '').slice(0, column - 1);
  // Text that is already there is replaced with the completion.
  const fitting = (items: typeof members, typed: string) =>
    items
      .filter((item) => item.label.startsWith(typed))
      .map((item) => ({ ...item, start: before.length - typed.length, length: typed.length }));
  const own = /(?<![\p{ID_Continue}$.])\$net\??\.(\w*)$/u.exec(before);
  if (own) return fitting(members, own[1] as string);
  const ofRecord = /(?<![\p{ID_Continue}$.])\$net\??\.last\??\.(\w*)$/u.exec(before);
  if (ofRecord) {
    const keys = Object.keys(source.requests().at(-1) ?? {});
    return fitting(
      keys.map((label) => ({ label, type: 'property' })),
      ofRecord[1] as string,
    );
  }
  const query = /(?<![\p{ID_Continue}$.])\$net\??\.requests\((["'`])([^"'`]*)$/u.exec(before);
  if (query) return inQuery(query[2] as string, before.length, source);
  const name = /(?<![\p{ID_Continue}$.])(\$n?e?t?)$/u.exec(before);
  return name ? fitting([itself], name[1] as string) : [];
}

/** Keys and values where a query is being written; `end`: where the text before the cursor ends. */
function inQuery(typed: string, end: number, source: NetSource): typeof members {
  const { from, items } = completions(typed, typed.length, (key) => source.seen(key));
  return items.map(({ insert, detail }) => ({
    label: insert,
    type: 'text',
    start: end - typed.length + from,
    length: typed.length - from,
    ...(detail === undefined ? {} : { detail }),
  }));
}
