/** `nettrace completion`: the script of a shell. It is static: the shell does not start nettrace to complete a word. */
import type { Command } from 'commander';
import { bashScript } from './bash';
import { fishScript } from './fish';
import { specOf } from './spec';
import { zshScript } from './zsh';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

export const scriptFor = (shell: keyof typeof scripts, root: Command): string => scripts[shell](specOf(root));
