/** Which options can be set where, in the order of the table. */
import { type CliName, type DebugName, groups, type OptionName, type SettingName, tableOf } from './table';

const names = Object.values(groups).flatMap((group) => Object.keys(group)) as OptionName[];

const isOf =
  (place: 'cli' | 'setting') =>
  (name: OptionName): boolean =>
    tableOf[name][place] !== undefined;

export const cliNames = names.filter(isOf('cli')) as CliName[];
export const settingNames = names.filter(isOf('setting')) as SettingName[];
/** Attributes inside `netTrace` of a debug configuration. */
export const debugNames = names.filter((name) => tableOf[name].debug === 'inside') as DebugName[];

export const settingId = (name: SettingName): string => `netTrace.${tableOf[name].setting?.id ?? name}`;
