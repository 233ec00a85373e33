/** The kinds of differences, what needs a look first; what each is called, and how it is marked. */

interface Kind {
  words: string;
  sign: '+' | '-' | '~';
  /** Somebody should know the reason of every one. */
  needsReason?: true;
}

export const kinds = {
  'new-host': { words: 'new host', sign: '+', needsReason: true },
  'new-finding': { words: 'new finding', sign: '+', needsReason: true },
  'worse-finding': { words: 'finding, more', sign: '+', needsReason: true },
  answers: { words: 'other answers', sign: '~', needsReason: true },
  added: { words: 'new request', sign: '+', needsReason: true },
  more: { words: 'more', sign: '+', needsReason: true },
  slower: { words: 'slower', sign: '~', needsReason: true },
  'times-differ': { words: 'times differ', sign: '~' },
  removed: { words: 'no longer made', sign: '-' },
  fewer: { words: 'fewer', sign: '-' },
  'gone-host': { words: 'host no longer asked', sign: '-' },
  moved: { words: 'moved', sign: '~' },
  faster: { words: 'faster', sign: '~' },
  'better-finding': { words: 'finding, less', sign: '-' },
  'gone-finding': { words: 'finding gone', sign: '-' },
} as const satisfies Record<string, Kind>;

export type ChangeKind = keyof typeof kinds;
export const changeKinds = Object.keys(kinds) as ChangeKind[];
export const kindOf = (kind: ChangeKind): Kind => kinds[kind];
