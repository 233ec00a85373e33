/** Writes DNS queries (RFC 1035, 6891). */

/** A query for one name, or undefined for what is no name. `optSize`: payload size to offer; 0: no OPT record. */
export function encodeQuery(id: number, name: string, type: 'A' | 'AAAA', optSize: number): Uint8Array | undefined {
  const labels = name.replace(/\.$/, '').split('.');
  const out: number[] = [id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, optSize > 0 ? 1 : 0];
  let length = 1;
  for (const label of labels) {
    length += label.length + 1;
    if (label === '' || label.length > 63 || length > 255) return undefined;
    out.push(label.length);
    for (let i = 0; i < label.length; i++) {
      const c = label.charCodeAt(i);
      if (c < 0x21 || c > 0x7e) return undefined;
      out.push(c);
    }
  }
  out.push(0, 0, type === 'A' ? 1 : 28, 0, 1);
  if (optSize > 0) out.push(0, 0, 41, optSize >> 8, optSize & 255, 0, 0, 0, 0, 0, 0);
  return Uint8Array.from(out);
}
