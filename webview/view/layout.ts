/** Where the details stand, by the size of the page and what the user chose. */

export type DetailsPlace = 'beside' | 'below';

interface Size {
  /** px. */
  width: number;
  height: number;
}

export interface Layout {
  /** The details are under the list, or in its place; else beside it. */
  below: boolean;
  /** In place of the list: there is no room for both. */
  alone: boolean;
  /** Too low for a line for each phase: what is said of a request is in as few lines as can be. */
  compact: boolean;
  /** There is room for both places, so the user may choose. */
  isChoice: boolean;
}

/** The list's columns need this beside the details, px. */
export const listWidth = 290;
const besideWidth = 620;
const belowHeight = 440;
/** A line for each phase fits beside the list, below an error with its causes, px; alone they have more of the page. */
const tableHeight = 440;

/** `beside`: width of the details if they stand beside the list, px; `high`: an editor, not a panel. */
export function layoutOf(page: Size, chosen: DetailsPlace | undefined, beside: number, high: boolean): Layout {
  const besideFits = page.width >= besideWidth;
  const belowFits = page.height >= belowHeight;
  // An editor is high: where the list beside the details would lose its columns, they go below it.
  const preferred = high && page.height >= 500 && page.width - beside < besideWidth ? 'below' : 'beside';
  const below = !besideFits || (belowFits && (chosen ?? preferred) === 'below');
  const alone = below && !belowFits;
  return {
    below,
    alone,
    compact: page.height > 0 && page.height < (alone ? 360 : tableHeight),
    isChoice: besideFits && belowFits,
  };
}
