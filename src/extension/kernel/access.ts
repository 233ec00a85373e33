/** The helper's permissions in VS Code: what is there is looked at when a run begins; "Enable" and "Remove" change it. */
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import type { Abilities, NoHelper } from '../../helper/abilities';
import { messageOf } from '../../model/base/text';
import { settingId } from '../../model/options/places';
import { copyText } from '../support/clipboard';
import { commands } from '../support/ids';
import type { Log } from '../support/log';
import { helperUse } from '../support/settings';
import type { Offer, Plan } from './plan';

export interface KernelAccessHost {
  /** The folder of our bundles. */
  readonly folder: string;
  /** What can be had here changed, or is known for the first time. */
  changed(abilities: Abilities | undefined): void;
  /** From now on another helper is there: recorders that wait for their program began with the old one. */
  renewed(): void;
  readonly log: Log;
}

const titles: Readonly<Record<Offer, string>> = {
  terminal: 'Run in Terminal',
  copy: 'Copy Command',
  useAll: 'Turn On',
};
const pollAfterMs = 1500;
/** While the terminal is open. */
const pollEveryMs = 1000;

export class KernelAccess {
  #looking: Promise<Abilities | NoHelper | undefined> | undefined;

  readonly #host: KernelAccessHost;

  constructor(host: KernelAccessHost) {
    this.#host = host;
  }

  /** When the program has begun: the helper's doctor opens all that there is, and must not take time from it. */
  pollSoon(): void {
    if (!this.#looking) setTimeout(() => void this.check(), pollAfterMs).unref();
  }

  /** Asked once, and again after a change. undefined: the helper cannot be asked. */
  check(again = false): Promise<Abilities | NoHelper | undefined> {
    if (again) this.#looking = undefined;
    this.#looking ??= this.#ask();
    return this.#looking;
  }

  async #ask(): Promise<Abilities | NoHelper | undefined> {
    const { abilitiesHere } = await import('../work');
    try {
      const here = await abilitiesHere(this.#host.folder);
      this.#host.changed('missing' in here ? undefined : here);
      return here;
    } catch (error) {
      this.#host.log.warn(`the helper’s doctor: ${messageOf(error)}`);
      this.#host.changed(undefined);
      return undefined;
    }
  }

  register(): vscode.Disposable[] {
    return [
      vscode.commands.registerCommand(commands.enableKernel, () => this.enable()),
      vscode.commands.registerCommand(commands.removeKernel, () => this.remove()),
    ];
  }

  async enable(): Promise<void> {
    const { enablePlan, planWithout, installText, isOnPath, bundledHelper } = await import('../work');
    const here = await this.check(true);
    if (!here) {
      void vscode.window.showWarningMessage('Net Trace: the helper cannot run here. See the log for the reason.');
      return;
    }
    if ('missing' in here) return void (await this.#offer(planWithout(here)));
    const bundled = bundledHelper(this.#host.folder);
    const plan = enablePlan(here, {
      bundled,
      installText: await installText(bundled).catch(() => ''),
      sudo: await isOnPath('sudo'),
      use: helperUse(),
      remote: vscode.env.remoteName === undefined ? undefined : hostname(),
    });
    const chosen = await this.#offer(plan);
    if (chosen === 'useAll') {
      await vscode.workspace.getConfiguration().update(settingId('helper'), 'all', vscode.ConfigurationTarget.Global);
      this.#host.renewed();
      void vscode.window.showInformationMessage(
        'Net Trace: kernel events and connection tracking start with the next run.',
      );
    }
    if (chosen === 'terminal') await this.#inTerminal(plan, (now) => now.installed, 'installed');
  }

  async remove(): Promise<void> {
    const { disablePlan, isOnPath } = await import('../work');
    const here = await this.check(true);
    const installed = here !== undefined && !('missing' in here) && here.installed;
    const plan = disablePlan(installed, { root: process.getuid?.() === 0, sudo: await isOnPath('sudo') });
    const chosen = await this.#offer(plan);
    if (chosen === 'terminal') await this.#inTerminal(plan, (now) => !now.installed, 'removed');
  }

  async #offer({ title, detail, offers, command }: Plan): Promise<Offer | undefined> {
    const items = offers.map((offer) => ({ title: titles[offer], offer }));
    const chosen = await vscode.window.showInformationMessage(title, { modal: true, detail }, ...items);
    if (chosen?.offer === 'copy' && command !== undefined) await copyText(command);
    return chosen?.offer;
  }

  /** The user sees the command, and gives the password there; whether it did what it should is seen by what is there. */
  async #inTerminal({ command = '' }: Plan, done: (now: Abilities) => boolean, word: string): Promise<void> {
    const terminal = vscode.window.createTerminal({ name: 'Net Trace', iconPath: new vscode.ThemeIcon('shield') });
    terminal.show();
    terminal.sendText(command);
    const { isInstalled } = await import('../work');
    const wanted = word === 'installed';
    const closed = () => terminal.exitStatus !== undefined;
    while ((await isInstalled(this.#host.folder)) !== wanted) {
      if (closed()) return;
      await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
    }
    const here = await this.check(true);
    if (!here || 'missing' in here || !done(here)) return;
    this.#host.renewed();
    const denied = here.advice !== undefined && wanted ? ` ${here.advice}` : '';
    void vscode.window.showInformationMessage(
      `Net Trace: the helper is ${word}. It takes effect on the next run.${denied}`,
    );
  }
}
