/** The proxy that the environment names at the start, user info masked: requests that go past it are worth a word. */
import { cutText, maskedUrl } from './output/json';

/** Absent: none is named. */
export function proxyEnvironment(env: NodeJS.ProcessEnv): Record<string, string> | undefined {
  // Lower case wins, as with curl.
  const value = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined;
  const url = (name: string): string | undefined => {
    const text = value(name);
    return text === undefined ? undefined : cutText(maskedUrl(text.includes('://') ? text : `http://${text}`), 512);
  };
  const [http, https, all] = [url('HTTP_PROXY'), url('HTTPS_PROXY'), url('ALL_PROXY')];
  if (http === undefined && https === undefined && all === undefined) return undefined;
  const no = value('NO_PROXY');
  return {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
    ...(all === undefined ? {} : { all }),
    ...(no === undefined ? {} : { no: cutText(no, 1024) }),
  };
}
