/** Colours as browsers compute them, and the contrast between two. */

export interface Colour {
  r: number;
  g: number;
  b: number;
  /** 0 to 1. */
  a: number;
}

/** `rgb(1, 2, 3)`, `rgba(…)`, `color(srgb 0.1 0.2 0.3 / 0.5)`; undefined for anything else. */
export function parseColour(text: string): Colour | undefined {
  const numbers = text.match(/-?[\d.]+(?:e-?\d+)?/g)?.map(Number);
  if (!numbers || numbers.length < 3) return undefined;
  const scale = text.startsWith('color(') ? 255 : 1;
  const [r = 0, g = 0, b = 0, a = 1] = numbers;
  return { r: r * scale, g: g * scale, b: b * scale, a };
}

/** `top` laid over an opaque `ground`. */
export function over(top: Colour, ground: Colour): Colour {
  const mix = (t: number, g: number): number => t * top.a + g * (1 - top.a);
  return { r: mix(top.r, ground.r), g: mix(top.g, ground.g), b: mix(top.b, ground.b), a: 1 };
}

function luminance(c: Colour): number {
  const part = (v: number): number => {
    const s = v / 255;
    return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(c.r) + 0.7152 * part(c.g) + 0.0722 * part(c.b);
}

/** WCAG contrast ratio of two opaque colours, 1 to 21. */
export function contrast(a: Colour, b: Colour): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** The theme's colours, as the canvases use them; `state/theme.ts` reads them from the page. */
export interface Theme {
  phase: Readonly<Record<string, string>>;
  failed: string;
  paused: string;
  warning: string;
  quiet: string;
  foreground: string;
  line: string;
  border: string;
  blue: string;
  green: string;
  focus: string;
  /** Ground of the page, opaque. */
  ground: string;
  highContrast: boolean;
  font: string;
  /** Changes with every theme: code that caches a drawing compares it. */
  version: number;
}
