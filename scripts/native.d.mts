export function buildHelper(): { file: string } | { reason: string };
