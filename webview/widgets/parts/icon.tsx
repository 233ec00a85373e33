/** A codicon. Never the only sign: the element around it has text or an accessible name. */
export const Icon = ({ name, class: extra = '' }: { name: string; class?: string }) => (
  <i class={`codicon codicon-${name} ${extra}`} aria-hidden="true" />
);
