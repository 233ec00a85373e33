/**
 * Colours of the theme for what is not drawn by style sheets: the canvases, and the quiet text, which is VS Code's
 * description colour only where that has enough contrast on its ground. Read once a theme change.
 */

import { phaseNames } from '../../src/model/base/phaseNames';
import { type Colour, contrast, over, parseColour, type Theme } from '../view/drawing/colour';
import { invalidate } from './state';

let theme: Theme | undefined;
let version = 0;

function read(): Theme {
  const style = getComputedStyle(document.documentElement);
  // Custom properties that are themselves var() come resolved; a probe turns any CSS colour into rgb().
  const probe = document.createElement('i');
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.style.color = '';
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const result: Theme = {
    phase: Object.fromEntries(phaseNames.map((p) => [p, colour(`--nt-${p}`)])),
    failed: colour('--nt-failed'),
    paused: colour('--nt-paused'),
    warning: colour('--vscode-problemsWarningIcon-foreground'),
    quiet: colour('--nt-quiet'),
    foreground: colour('--vscode-foreground'),
    line: colour('--nt-line'),
    border: colour('--nt-edge'),
    blue: colour('--vscode-charts-blue'),
    green: colour('--vscode-charts-green'),
    focus: colour('--vscode-focusBorder'),
    ground: colour('--nt-ground'),
    highContrast:
      document.body.classList.contains('vscode-high-contrast') ||
      document.body.classList.contains('vscode-high-contrast-light'),
    font: style.getPropertyValue('--vscode-font-family') || 'sans-serif',
    version: ++version,
  };
  probe.remove();
  return result;
}

export const currentTheme = (): Theme => (theme ??= read());

/** Backgrounds of text, each with the custom property for the colour of its secondary text. */
const grounds: readonly { property: string; ground: string }[] = [
  { property: '--nt-quiet', ground: '--nt-ground' },
  { property: '--nt-quiet-box', ground: '--nt-box' },
  { property: '--nt-quiet-pop', ground: '--vscode-editorHoverWidget-background' },
];

const bars = ['--nt-dns', '--nt-tcp', '--nt-tls', '--nt-send', '--nt-wait', '--nt-download', '--nt-failed'];

/** Sets the colours that depend on a contrast: quiet text, and bars whose theme colour is too pale. */
function setByContrast(): void {
  const root = document.documentElement;
  const probe = document.createElement('i');
  document.body.append(probe);
  const colour = (name: string): Colour | undefined => {
    probe.style.color = '';
    probe.style.color = `var(${name})`;
    return parseColour(getComputedStyle(probe).color);
  };
  const page = colour('--nt-ground');
  const description = colour('--vscode-descriptionForeground');
  for (const { property, ground } of grounds) {
    const own = colour(ground);
    const enough = page && own && description && contrast(over(description, over(own, page)), over(own, page)) >= 4.5;
    root.style.setProperty(property, enough ? 'var(--vscode-descriptionForeground)' : 'var(--vscode-foreground)');
  }
  // Some themes give a phase's colour as a veil for the minimap: too pale for a bar it is taken without its opacity.
  for (const name of bars) {
    root.style.removeProperty(name);
    const own = colour(name);
    if (page && own && own.a < 1 && contrast(over(own, page), page) < 3)
      root.style.setProperty(name, `rgb(${own.r} ${own.g} ${own.b})`);
  }
  probe.remove();
}

/** Watches for a change of theme: VS Code sets its colours on the root element and its kind as a class of the body. */
export function watchTheme(): void {
  let settled = '';
  const check = (): void => {
    // Our own quiet colours are set on the same element: react only when something else of it changed.
    const now = `${document.body.className} ${document.body.dataset.vscodeThemeId} ${document.documentElement.style.cssText.replace(/(?<![\w-])--nt-[\w-]+:[^;]*;?/g, '')} ${document.documentElement.dataset.view}`;
    if (now === settled) return;
    settled = now;
    setByContrast();
    theme = undefined;
    invalidate();
  };
  const observer = new MutationObserver(check);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class', 'data-view'] });
  check();
}

/** Whether movement is unwanted: the system's setting, or VS Code's. */
export const reducedMotion = (): boolean =>
  matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion');
