/**
 * URL templates learnt from the requests of both sides: beside what looks like an id (`{id}`), a place of a path that has
 * many values, nearly all distinct within one run, is `{*}`.
 */
import { pathTemplate } from '../base/places';

/** Values at one place of a path that make it a variable, and how many of them are distinct. */
const learnt = { values: 10, distinct: 0.9 };

interface Node {
  children: Map<string, Node>;
  /** Requests that pass here, by run. */
  passed: Map<number, number>;
}

const newNode = (): Node => ({ children: new Map(), passed: new Map() });

export class Templates {
  readonly #roots = new Map<string, Node>();
  readonly #places = new Map<string, Place>();

  /** `kind`: what the path belongs to, as method and host. `run`: a number for each run of both sides. */
  add(kind: string, path: string, run: number): void {
    let node: Node = this.#roots.get(kind) ?? newNode();
    this.#roots.set(kind, node);
    for (const part of partsOf(path)) {
      let child: Node | undefined = node.children.get(part);
      if (child === undefined) {
        child = newNode();
        node.children.set(part, child);
      }
      child.passed.set(run, (child.passed.get(run) ?? 0) + 1);
      node = child;
    }
  }

  /** After all paths were added. */
  of(kind: string, path: string): string {
    let place = this.#places.get(kind);
    if (place === undefined) {
      place = new Place([this.#roots.get(kind) ?? newNode()]);
      this.#places.set(kind, place);
    }
    const parts: string[] = [];
    for (const part of partsOf(path)) {
      const name: string = place.isVariable ? '{*}' : part;
      parts.push(name);
      place = place.next(name);
    }
    return `/${parts.join('/')}`;
  }
}

/** A place of a template: what is known to follow there, each asked once. */
class Place {
  readonly isVariable: boolean;
  readonly #next = new Map<string, Place>();

  constructor(readonly nodes: readonly Node[]) {
    this.isVariable = isLearnt(nodes);
  }

  next(name: string): Place {
    let place = this.#next.get(name);
    if (place === undefined) {
      const nodes = this.nodes.flatMap(({ children }) =>
        this.isVariable ? [...children.values()] : [children.get(name)].filter((child) => child !== undefined),
      );
      place = new Place(nodes);
      this.#next.set(name, place);
    }
    return place;
  }
}

const partsOf = (path: string): string[] => pathTemplate(path).replace(/^\//, '').split('/');

/** Of what follows these nodes, taken as one place. */
function isLearnt(nodes: readonly Node[]): boolean {
  const runs = new Map<number, { requests: number; values: Set<string> }>();
  for (const { children } of nodes)
    for (const [part, { passed }] of children)
      for (const [run, requests] of passed) {
        const of = runs.get(run) ?? { requests: 0, values: new Set() };
        of.requests += requests;
        of.values.add(part);
        runs.set(run, of);
      }
  for (const { requests, values } of runs.values())
    if (values.size >= learnt.values && values.size >= learnt.distinct * requests) return true;
  return false;
}
