/**
 * The replay's debug adapter. A separate bundle (dist/replay.cjs), loaded when a saved trace is debugged: sessions that
 * trace a program never need it.
 */
export { ReplaySession } from '../../replay/adapter/session';
