/**
 * Which page has the keyboard focus, as a context key for the keybindings. VS Code's own keys do not say it: the focus in
 * a view's page leaves `focusedView` unset (microsoft/vscode#167790), and an editor stays active while another part has
 * the focus.
 */
import type { HostCommand } from '../../model/panel/protocol';
import type { PageKind } from './page';

interface FocusablePage {
  readonly kind: PageKind;
  command(command: HostCommand): void;
}

export class PageFocus {
  #page: FocusablePage | undefined;

  readonly #set: (kind: PageKind | undefined) => void;

  /** `set`: sets the context key; undefined: no page has the focus. */
  constructor(set: (kind: PageKind | undefined) => void) {
    this.#set = set;
  }

  /** What a page reports. The loss of one that had it no more changes nothing: the next may have reported before it. */
  change(page: FocusablePage, on: boolean): void {
    if (!on && page !== this.#page) return;
    this.#page = on ? page : undefined;
    this.#set(this.#page?.kind);
  }

  /** True if it went to the page that has the focus. */
  command(command: HostCommand): boolean {
    this.#page?.command(command);
    return this.#page !== undefined;
  }
}
