/** At most one message: what went wrong with the recording comes before how the program ended. */
import './messageLine.css';
import { run } from '../../state/host';
import { setUi, state } from '../../state/state';
import type { PageCommand, PanelMessage } from '../../view/types';
import { Icon } from '../parts/icon';

const order: readonly PanelMessage['kind'][] = ['hook', 'dropped', 'onDisk', 'untraced', 'ended', 'notice', 'helper'];
const icons: Record<PanelMessage['kind'], string> = {
  hook: 'warning',
  dropped: 'info',
  onDisk: 'info',
  untraced: 'info',
  ended: 'debug-disconnect',
  notice: 'info',
  helper: 'info',
};

/** Messages not closed, most important first, newest run first. The helper's is closed for good, others for their run. */
export function messages(): { key: string; message: PanelMessage }[] {
  const closed = new Set(state.ui.closedMessages);
  return state.runs
    .flatMap((r) =>
      [...(r.message ? [r.message] : []), ...(r.moreMessages ?? [])].map((message) => ({
        key: message.kind === 'helper' ? 'helper' : `${r.beginTime} ${message.kind}`,
        message,
      })),
    )
    .filter((m) => !closed.has(m.key))
    .reverse()
    .sort((a, b) => order.indexOf(a.message.kind) - order.indexOf(b.message.kind));
}

/** Where the panel is narrow, what has a well-known icon is its icon alone. */
const actionIcons: Partial<Record<PageCommand, string>> = { save: 'save', debug: 'debug-rerun' };

function Action({ title, command }: NonNullable<PanelMessage['action']>) {
  const icon = actionIcons[command];
  return (
    <button type="button" class={`linkish ${icon ? 'short' : ''}`} title={title} onClick={() => run(command)}>
      {icon && <Icon name={icon} />}
      <span class="lb">{title}</span>
    </button>
  );
}

/** `ended`: how the program ended is said here; else the page without rows, or the status line of a low panel, says it. */
export function MessageLine({ ended }: { ended: boolean }) {
  const all = messages().filter((m) => ended || m.message.kind !== 'ended');
  const first = all[0];
  if (!first) return null;
  const { message } = first;
  // The first words are the subject; they are emphasised.
  const [, head = '', rest = message.text] =
    /^(The program ended|Tracing stopped|Detached|[^:.]{3,60}:)(.*)$/s.exec(message.text) ?? [];
  return (
    <div class="msg" role="status">
      <Icon name={icons[message.kind]} />
      <span class={`tx ${message.kind}`} title={message.text}>
        <b>{head}</b>
        {rest}
      </span>
      {all.length > 1 && <span class="dim">1 of {all.length}</span>}
      {message.action && <Action {...message.action} />}
      {message.kind === 'ended' && !state.readOnly && (
        <>
          {message.action === undefined && <Action title="Save trace…" command="save" />}
          {message.action?.command !== 'debug' && <Action title="Debug again" command="debug" />}
        </>
      )}
      <button
        type="button"
        class="ib"
        aria-label="Close message"
        title="Close message"
        onClick={() => setUi({ closedMessages: [...state.ui.closedMessages.slice(-50), first.key] })}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
