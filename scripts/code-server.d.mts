export interface CodeServer {
  /** Opens the workspace. */
  url: string;
  pid: number;
  /** Folder of settings and state. */
  data: string;
  /** What the server printed. */
  output(): string;
  stop(): Promise<void>;
}
export function installCodeServer(options?: { log?: (text: string) => void }): Promise<void>;
export function startCodeServer(options: {
  extension: string;
  others?: string[];
  workspace: string;
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
  data?: string | undefined;
  port?: number;
}): Promise<CodeServer>;
