/** A codicon. Never the only sign: whoever uses it gives the word beside it or a name around it. */
export const Icon = ({ name, class: extra = '' }: { name: string; class?: string }) => (
  <i class={`codicon codicon-${name} ${extra}`} aria-hidden="true" />
);
