/** `nettrace completion`. */
import { Argument, type Command } from 'commander';
import { verb } from './verb';

export function completionVerb(root: Command): void {
  verb(root, 'completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', completionHelp)
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { scriptFor } = await import('../completion/script');
      process.stdout.write(scriptFor(shell, root));
    });
}

const completionHelp = `
bash: source <(nettrace completion bash)      in ~/.bashrc
zsh:  source <(nettrace completion zsh)       in ~/.zshrc, after compinit
fish: nettrace completion fish | source       in ~/.config/fish/config.fish`;
