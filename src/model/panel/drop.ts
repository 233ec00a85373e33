/**
 * Files dropped onto the page: what the page may ask to be opened. A file of VS Code's explorer comes as its URI; of one
 * from elsewhere the page knows name and content only, and sends that.
 */
/** Characters of a dropped file that are sent: one message has to carry it. Larger ones are opened by the command. */
export const largestDrop = 50_000_000;
/** Files opened by one drop. */
export const maxDropped = 10;

const opened = ['.nettrace.json', '.har', '.eve.json', '.otlp.json', '.json', '.pcapng'];

/** By its name: may be a trace, or is a kind of file of which opening says why it is none. */
export const isDroppable = (name: string): boolean => opened.some((suffix) => name.toLowerCase().endsWith(suffix));

/** The URIs of a `text/uri-list`: comments and links to the web left out, the first few. */
export const urisIn = (list: string): string[] =>
  list
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && line.length <= 4000 && !/^(#|https?:|data:|javascript:)/i.test(line))
    .slice(0, maxDropped);
