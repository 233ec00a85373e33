/** Every threshold of the analysis, with its reason. Times in µs. */
const ms = 1000;
const s = 1000 * ms;

/** Version of the rules: saved findings of another version are computed again. */
export const analysisVersion = '1.6';

/** A request that takes this long is worth a look; what people notice as a delay. */
export const slowAt = 500 * ms;
/** Or three times what its like usually take, when that is this much more: below, noise of the machine. */
export const slowerThanUsual = { times: 3, by: 50 * ms };
/** Requests of one kind that make "usual" a figure. */
export const usualNeeds = 8;
/** A part of a request outside the server's wait that deserves a word: people feel 100 ms. */
export const partMatters = { min: 100 * ms, share: 0.25 };
/** Shares of the total from which a side is named at all, and for sure. */
export const sideLikely = { lo: 0.25, hi: 0.5 };
export const sideSure = 0.4;
/** Two parts this near to each other are a tie. */
export const tie = 0.05;

/** A pause in the debugger as long as this upsets timers of both sides. */
export const pauseMatters = 1 * s;
/** Node's own limit for an address, with what timers may be late. */
export const attemptBudgetLate = 30 * ms;
/** Servers close this much before or after what they promised (Node's http server: 1 s later). */
export const hintMargin = 1 * s;
/** Nothing on the way (a firewall, address translation) drops a connection that was idle for less. */
export const minStaleIdle = 1 * s;

/** Lookups of one name from which the missing cache is worth a hint. */
export const repeatedLookups = { count: 10, window: 60 * s };
/** Wait for a thread of the pool that is not just scheduling; a machine that is busy may hold up one lookup for longer. */
export const poolWait = { min: 50 * ms, share: 0.5, one: 200 * ms };
/** getaddrinfo may use half of the pool's four threads. */
export const lookupSlots = 2;
/** A lookup this slow is no cache's answer; and one this slow is a resolver that timed out. */
export const slowLookup = { min: 100 * ms, timesMedian: 5, one: 1 * s, times: 2 };

/** Requests of one origin, each on its own connection, that count as a pattern. On loopback setup costs little. */
export const shortConnections = { count: 5, loopback: 20, share: 0.5, within: 5 * s };
/** New connections a minute to one address that use up ports: a quarter of an hour of it and there are none. */
export const churn = { count: 100, window: 60 * s };
/** Delayed ACK of Linux is 40 ms, of others 200 ms. */
export const delayedAck = [
  [35 * ms, 50 * ms],
  [180 * ms, 220 * ms],
] as const;
export const delayedAckTimes = 3;
/** Writes below this fit one segment of any network. */
export const smallWrite = 1200;

/** Days left of a certificate: time to act, and no time left. */
export const certificateDays = { warning: 14, error: 3, shortLife: 30, shortShare: 0.1 };
export const minRsaBits = 2048;

/** Wait in an agent's queue. */
export const agentQueue = { min: 20 * ms, share: 0.25, count: 3, one: 500 * ms };
/** Of the wait for a socket: from this share on in which the response on it was there and unread, that is why. */
export const unreadShare = 0.5;
/** A body unread for this long was forgotten. */
export const unread = 5 * s;
/**
 * Like requests from one line. Of a loop, they begin together or one after the other: mostly `together` with the end of the one
 * before, and `pause` at most, for which a busy machine may hold a step up.
 */
export const nPlusOne = { count: 5, warning: 20, window: 10 * s, together: 50 * ms, pause: 500 * ms };
/** Who polls waits between two. */
export const duplicates = { count: 2, window: 1 * s };
/** Requests one after another: the next begins when the one before has ended. */
export const serial = { count: 3, gap: 5 * ms, min: 50 * ms };
/** Attempts after failures without growing gaps. */
export const retries = { count: 4, window: 60 * s, growth: 1.3, gap: 1 * s };
/** Full handshakes to one host. */
export const fullHandshakes = { count: 3, warning: 10 };
/** Answers worth packing. */
export const packing = { min: 8192, warning: 1024 * 1024 };
/** A server that takes this share of most requests of one kind. */
export const serverSlow = { share: 0.6, of: 0.5, warning: 1 * s, count: 3 };
/** The loop busy for this share of a request that took long. */
export const busyLoop = { min: 100 * ms, share: 0.5, count: 1 };
/** A thread that used the processor for this share of the time computed; a busy machine leaves it less than it could use. */
export const computed = { share: 0.25 };

/** Connections of HTTP/1.1 at once, or requests, from which the one of HTTP/2 would be felt. */
export const h2NotUsed = { connections: 6, requests: 50 };
/** An upload whose sending is this much of it, and long enough to be felt; the share of it that names a side. */
export const upload = { min: 256 * 1024, shortest: 100 * ms, of: 0.3, share: 0.5, warning: 1 * s };
/** Of the time with something to send: the kernel's own figures name who held it up. */
export const heldUp = { window: 0.5, buffer: 0.2 };
/** Linux waits 200 ms and more before it sends a lost last segment again; below, and within some round trips, it is quick. */
export const retransmitWait = { min: 150 * ms, roundTrips: 3 };
/** A window closed for less is what a reader's own pace looks like; Linux asks again after 200 ms. */
export const closedWindow = { min: 200 * ms };
/** Full segments sent again so often, the time to wait doubled as often; a share of their size, as the last one is smaller. */
export const blackHole = { times: 3, backoff: 2, full: 0.9, small: 1200, large: 1400, hangs: 1 * s };
/** Bodies that take this share of most requests of one kind. */
export const slowBody = { share: 0.6, of: 0.5, warning: 1 * s, count: 3 };
/** Connections to one origin that could have been spared, their share of its requests, and of their time. */
export const avoidable = { count: 5, share: 0.5, cost: 0.2, info: 3 };
/** Closed this soon after its only request: never meant to be kept. */
export const notKept = 100 * ms;
/** Node's agents give a connection up this long before the server's limit, undici 2 s: of shorter limits nothing is left. */
export const minHint = { agent: 1 * s, undici: 2 * s };

/**
 * Comparing two sets of runs, by simulation (times of 40 ms ± 25 %, 5 % of them spikes, runs that differ by 5 to 10 %): with
 * five runs a side equal groups are called different in 0.3 to 0.8 % of tests, of one run each in up to 6 %.
 */
export const compareLimits = {
  /** Medians of runs. Phases on this machine are short: a smaller change of them counts. */
  ofRuns: { runs: 5, p: 0.016, min: 5 * ms, share: 0.1, local: { min: 2 * ms, share: 0.25 } },
  /** One run each: below `few` requests nothing is tested, below `requests` nothing is said. */
  ofTwo: { few: 10, requests: 20, p: 0.01, min: 5 * ms, share: 0.2, probability: 0.75, drift: 2 },
  /** A shift of the medians holds for the quickest requests too, at least by this share: noise of the machine does not. */
  quickest: { quantile: 0.1, share: 0.5 },
  /** Requests of each side from which its p95 means something. */
  tail: 60,
  /** From so many runs a side, Holm's correction at this level finds something. */
  holm: { runs: 8, level: 0.05 },
  /** A finding is worse or better from this change of the number of its subjects on, or of what they cost together. */
  finding: { share: 0.25, min: 2, cost: 50 * ms },
  /** Gone: what it was about still ran so often, and this share of before. */
  exercised: { min: 3, share: 0.5 },
  /** Requests in progress at once that differ by this share make another load. */
  load: 0.5,
};

/** Subjects listed in a finding, and findings kept. */
export const maxSubjects = 20;
export const maxFindings = 100;
/** Length of texts: what a line of the panel shows. */
export const longest = { text: 160, advice: 120 };
