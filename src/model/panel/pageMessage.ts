/** Messages from the panel's page to the extension host: untrusted, so each is validated by `pageMessage`. */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { type CopyForm, copyForms, maxCopied } from './copyForms';
import { largestDrop, maxDropped } from './drop';

const rowId = Type.String({ minLength: 1, maxLength: 200 });
/** Commands of the extension that the page may run. */
export const pageCommands = [
  'save',
  'open',
  'debug',
  'clear',
  'openInEditor',
  'enableKernel',
  'traceAll',
  'record',
  'undoClear',
  'showOutput',
] as const;
export type PageCommand = (typeof pageCommands)[number];

/** Settings (without `netTrace.`) that decide what is recorded: the page links to them. */
export const recordingSettings = [
  'headers',
  'callSites',
  'helper',
  'capture',
  'dnsResolver',
  'enableConntrack',
] as const;
export type RecordingSetting = (typeof recordingSettings)[number];

/** Messages from the page to the host. */
export const pageMessage = Type.Union([
  Type.Object({ type: Type.Literal('ready') }),
  Type.Object({ type: Type.Literal('details'), id: rowId }),
  /** Details with the lines of code, which were withheld. */
  Type.Object({ type: Type.Literal('code'), id: rowId }),
  /**
   * Opens the calling code; preview keeps the focus in the page. `clicked`: by a click on the row, for which an editor tab
   * does not give away half of its room: only an editor group that is there already is used.
   */
  Type.Object({
    type: Type.Literal('open'),
    id: rowId,
    preview: Type.Boolean(),
    clicked: Type.Optional(Type.Boolean()),
  }),
  /** Opens a frame of the request's whole call chain. */
  Type.Object({
    type: Type.Literal('openFrame'),
    id: rowId,
    frame: Type.Integer({ minimum: 0, maximum: 1000 }),
    preview: Type.Boolean(),
  }),
  /** Opens a setting. */
  Type.Object({ type: Type.Literal('setting'), name: Type.Unsafe<RecordingSetting>({ enum: [...recordingSettings] }) }),
  /** Saves the packets of a request. */
  Type.Object({ type: Type.Literal('savePackets'), id: rowId }),
  Type.Object({ type: Type.Literal('run'), command: Type.Unsafe<PageCommand>({ enum: [...pageCommands] }) }),
  /** The replay's position was moved: to an event, or to an instant on the axis (µs). */
  Type.Object({ type: Type.Literal('seekEvent'), event: Type.Integer({ minimum: 0, maximum: 1e9 }) }),
  Type.Object({ type: Type.Literal('seekTime'), at: Type.Number({ minimum: -1e16, maximum: 1e16 }) }),
  /** Copies these requests, to be sent again or read by other programs. */
  Type.Object({
    type: Type.Literal('copyAs'),
    form: Type.Unsafe<CopyForm>({ enum: [...copyForms] }),
    ids: Type.Array(rowId, { minItems: 1, maxItems: maxCopied }),
  }),
  /** Opens a recorded body in an editor. */
  Type.Object({
    type: Type.Literal('openBody'),
    id: rowId,
    side: Type.Union([Type.Literal('request'), Type.Literal('response')]),
  }),
  /** Sends the request again; `edit`: opens it as a document first. */
  Type.Object({ type: Type.Literal('send'), id: rowId, edit: Type.Boolean() }),
  /** Asks for a trace rule for requests like this one. */
  Type.Object({ type: Type.Literal('traceLike'), id: rowId }),
  /** Stops the program when a request of the same line fails. */
  Type.Object({ type: Type.Literal('breakWhenFails'), id: rowId }),
  /** Opens two requests side by side. */
  Type.Object({ type: Type.Literal('compareRequests'), ids: Type.Array(rowId, { minItems: 2, maxItems: 2 }) }),
  Type.Object({ type: Type.Literal('copy'), text: Type.String({ maxLength: 10_000_000 }) }),
  /** The page got or lost the keyboard focus: its keys are VS Code keybindings, which cannot see that themselves. */
  Type.Object({ type: Type.Literal('focus'), on: Type.Boolean() }),
  Type.Object({ type: Type.Literal('seenFailures'), count: Type.Integer({ minimum: 0 }) }),
  /** View state (columns, widths, filter …), kept per workspace. */
  Type.Object({ type: Type.Literal('persist'), state: Type.Unknown() }),
  /** Files of VS Code's explorer that were dropped onto the page. */
  Type.Object({
    type: Type.Literal('dropUris'),
    uris: Type.Array(Type.String({ minLength: 1, maxLength: 4000 }), { minItems: 1, maxItems: maxDropped }),
  }),
  /** One from elsewhere. `text` is absent where it is too large, or its name is not that of a trace: the host says so. */
  Type.Object({
    type: Type.Literal('dropFile'),
    name: Type.String({ minLength: 1, maxLength: 300 }),
    /** Bytes. */
    size: Type.Integer({ minimum: 0 }),
    text: Type.Optional(Type.String({ maxLength: largestDrop })),
  }),
  /** A row was shown: `at` is Date.now() in the page. Asked for by tests only. */
  Type.Object({ type: Type.Literal('rendered'), ids: Type.Array(rowId), at: Type.Number() }),
]);
export type PageMessage = Static<typeof pageMessage>;
/** What is to be done with requests of the shown trace. */
export type RowAction = Extract<
  PageMessage,
  { type: 'copyAs' | 'openBody' | 'send' | 'traceLike' | 'breakWhenFails' | 'compareRequests' }
>;
