/** `host:port` apart, an IPv6 address without its brackets; what is not of that form is all host. */
export function hostPortOf(text: string): { host: string; port?: number } {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  if (!parts || port > 0xffff) return { host: text };
  return { host: parts[1] ?? (parts[2] as string), port };
}
