/** One line for whoever watches. Times and ports are left out: every run prints the same. */
export function say(text: string): void {
  console.log(`checkout: ${text}`);
}
