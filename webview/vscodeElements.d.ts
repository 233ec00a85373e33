/** The elements of @vscode-elements that the page uses, as Preact's JSX knows them. */
import type { HTMLAttributes } from 'preact';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': HTMLAttributes<HTMLElement> & { secondary?: boolean };
    }
  }
}
