/**
 * Files dropped onto the page are opened by the host. From VS Code's explorer they come as URIs (VS Code lets a drag into a
 * page while Shift is held); from elsewhere as files without a path, whose content is sent.
 */
import { isDroppable, largestDrop, maxDropped, urisIn } from '../../src/model/panel/drop';
import { drop } from '../state/host';
import { rowType, setDropping } from '../state/overlays';

/** Of packets only the beginning is sent: it is what says that they are packets. */
const packetHead = 64;

/** Files or links, other than a row of our own that is dragged over the page. */
const isFor = ({ dataTransfer, target }: DragEvent): boolean => {
  const types = dataTransfer?.types ?? [];
  if (types.includes(rowType)) return false;
  if (types.includes('Files')) return true;
  return types.some((type) => type.endsWith('uri-list')) && !(target instanceof HTMLInputElement);
};

export function installDrop(): void {
  for (const type of ['dragenter', 'dragover'] as const)
    document.addEventListener(type, (event) => {
      if (!isFor(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      setDropping(true);
    });
  document.addEventListener('dragleave', (event) => {
    // To another element of the page it stays.
    if (event.relatedTarget === null) setDropping(false);
  });
  document.addEventListener('drop', (event) => {
    setDropping(false);
    const { dataTransfer } = event;
    if (!isFor(event) || !dataTransfer) return;
    event.preventDefault();
    const uris = urisIn(dataTransfer.getData('application/vnd.code.uri-list') || dataTransfer.getData('text/uri-list'));
    if (uris.length > 0) drop({ type: 'dropUris', uris });
    else void sendFiles([...dataTransfer.files].slice(0, maxDropped));
  });
}

/** One after the other: each may be large. */
async function sendFiles(files: readonly File[]): Promise<void> {
  for (const file of files) {
    const { name, size } = file;
    const packets = name.toLowerCase().endsWith('.pcapng');
    const readable = isDroppable(name) && (packets || size <= largestDrop);
    const text = readable ? await textOf(packets ? file.slice(0, packetHead) : file) : undefined;
    drop({ type: 'dropFile', name: name.slice(0, 300), size, ...(text === undefined ? {} : { text }) });
  }
}

/** Absent: a folder, or gone meanwhile; the host says that it cannot be opened. */
const textOf = (file: Blob): Promise<string | undefined> => file.text().catch(() => undefined);
