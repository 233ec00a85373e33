/** A link to the setting that would record what is missing; nothing in an opened trace, which is recorded already. */

import { openSetting } from '../../state/host';
import { state } from '../../state/state';
import type { RecordingSetting } from '../../view/types';
import { Icon } from './icon';

export function SettingLink({ name }: { name: RecordingSetting | undefined }) {
  if (name === undefined || state.readOnly) return null;
  return (
    <>
      {' '}
      <button
        type="button"
        class="code"
        title="Open the setting; it holds from the next run on"
        onClick={() => openSetting(name)}
      >
        <Icon name="gear" />
        netTrace.{name}
      </button>
    </>
  );
}
