import type { Candidate } from './candidate.ts';
import { eligible, hasNodes } from './filters.ts';
import { Heap } from './heap.ts';
import type { Requirements } from './requirements.ts';
import { scoreOf } from './score.ts';

/** An entry of a heap; stale when the candidate has changed since. */
interface Ranked {
  readonly candidate: Candidate;
}

/** Who could do tasks of one signature now, best first: with a free slot, or with a place ahead of its slots. */
class Matches {
  readonly #needs: Requirements;
  /** Agents whose engines have all nodes go before those who lack some. */
  readonly #idle = [new Heap<Ranked>(), new Heap<Ranked>()];
  readonly #ahead = [new Heap<Ranked>(), new Heap<Ranked>()];
  /** Eligible agents whose engines have all nodes, busy ones too: while there are any, others are not used. */
  readonly #knowing = new Set<string>();

  constructor(needs: Requirements) {
    this.#needs = needs;
  }

  add(candidate: Candidate): void {
    this.#knowing.delete(candidate.key);
    if (!eligible(this.#needs, candidate)) return;
    const knows = hasNodes(this.#needs, candidate);
    if (knows) this.#knowing.add(candidate.key);
    const { running, slots, staging } = candidate;
    if (running >= slots + staging) return;
    const heaps = running < slots ? this.#idle : this.#ahead;
    heaps[knows ? 0 : 1]?.push(scoreOf(this.#needs, candidate), { candidate });
  }

  remove(key: string): void {
    this.#knowing.delete(key);
  }

  best(current: (key: string) => Candidate | undefined): Candidate | undefined {
    const kind = this.#knowing.size > 0 ? 0 : 1;
    for (const heap of [this.#idle[kind], this.#ahead[kind]]) {
      for (let top = heap?.top; top; top = heap?.top) {
        if (current(top.candidate.key) === top.candidate) return top.candidate;
        heap?.pop();
      }
    }
    return undefined;
  }
}

/** Signatures remembered at most; a studio has tens, and forgetting one only costs working it out again. */
const mostSignatures = 1000;

/** All agents, indexed by what they could do now. An agent that changes is filed again, the others stay. */
export class Fleet {
  readonly #candidates = new Map<string, Candidate>();
  readonly #matches = new Map<string, Matches>();

  /** Adds or replaces an agent. */
  upsert(candidate: Candidate): void {
    this.#candidates.set(candidate.key, candidate);
    for (const matches of this.#matches.values()) matches.add(candidate);
  }

  remove(key: string): void {
    this.#candidates.delete(key);
    for (const matches of this.#matches.values()) matches.remove(key);
  }

  get(key: string): Candidate | undefined {
    return this.#candidates.get(key);
  }

  all(): Candidate[] {
    return [...this.#candidates.values()];
  }

  /** The best agent for a signature that can take something now. */
  best(signature: string, needs: Requirements): Candidate | undefined {
    let matches = this.#matches.get(signature);
    if (!matches) {
      if (this.#matches.size >= mostSignatures) this.#matches.clear();
      matches = new Matches(needs);
      for (const candidate of this.#candidates.values()) matches.add(candidate);
      this.#matches.set(signature, matches);
    }
    return matches.best((key) => this.#candidates.get(key));
  }
}
