/** `list_sessions`. */
import * as Type from 'typebox';
import { input, tool } from '../../answers/tools/tool';
import { plural } from '../../model/base/text';
import { maskText } from '../../model/secrets/mask';
import { liveSessions } from '../../session/control/liveSessions';

export const listSessions = () =>
  tool({
    name: 'list_sessions',
    title: 'Running sessions',
    description: 'The sessions of this user that run now, in other terminals or in VS Code, the oldest first.',
    input: input({}),
    output: Type.Object({
      sessions: Type.Array(
        Type.Object({
          session: Type.String({ description: 'Its id, for `session` of the other tools.' }),
          pid: Type.Integer({ description: 'Process of the session.' }),
          description: Type.Optional(Type.String({ description: 'What it runs.' })),
          beginTime: Type.String(),
        }),
      ),
    }),
    run: async () => {
      const all = (await liveSessions()).slice(0, 100).map((s) => ({
        ...s,
        description: s.description === undefined ? undefined : maskText(s.description),
      }));
      return {
        structured: {
          sessions: all.map(({ id, pid, description, beginTime }) => ({ session: id, pid, description, beginTime })),
        },
        lines: [
          `${plural(all.length, 'running session')}.`,
          ...all.map((s) => `${s.id.slice(0, 8)}, process ${s.pid}: ${s.description ?? 'no description'}`),
        ],
      };
    },
  });
