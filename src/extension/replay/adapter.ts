/**
 * The replay's debug adapter. A bundle of its own (dist/replay.cjs), loaded when a saved trace is debugged: sessions that
 * trace a program never need it.
 */
export { ReplaySession } from '../../replay/adapter/session';
