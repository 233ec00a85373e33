/** What the panel's rows can be grouped by: the page does it, commands and menus offer it. */
export const groupings = ['none', 'host', 'calledAt', 'connection', 'process', 'test'] as const;
export type GroupBy = (typeof groupings)[number];
