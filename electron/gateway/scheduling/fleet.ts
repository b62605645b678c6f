import type { Candidate } from './candidate.ts';
import { eligible, hasNodes, isForeign } from './filters.ts';
import { RankedHeap } from './heap.ts';
import type { Requirements } from './requirements.ts';
import { scoreOf, warmBonus } from './score.ts';

/** A free slot comes before any place ahead of busy slots, whatever the score (which is below 1). */
const idleBonus = 2;

/** Who could take something now, best first, and the same by what is warm there. */
class Ranking {
  readonly #all = new RankedHeap<Candidate>();
  readonly #warm = new Map<string, RankedHeap<Candidate>>();
  readonly #warmOf = new Map<string, string>();

  set(candidate: Candidate, rank: number): void {
    const { key, warmWorkflow } = candidate;
    this.#all.set(key, rank, candidate);
    if (this.#warmOf.get(key) !== warmWorkflow) this.#forgetWarm(key);
    if (warmWorkflow === '') return;
    let warm = this.#warm.get(warmWorkflow);
    if (!warm) {
      warm = new RankedHeap();
      this.#warm.set(warmWorkflow, warm);
    }
    warm.set(key, rank, candidate);
    this.#warmOf.set(key, warmWorkflow);
  }

  remove(key: string): void {
    this.#all.remove(key);
    this.#forgetWarm(key);
  }

  best(workflowId: string): Candidate | undefined {
    const first = this.#all.top;
    const warm = this.#warm.get(workflowId)?.top;
    return warm && first && warm.rank + warmBonus > first.rank ? warm.item : first?.item;
  }

  #forgetWarm(key: string): void {
    const workflow = this.#warmOf.get(key);
    if (workflow === undefined) return;
    this.#warmOf.delete(key);
    const warm = this.#warm.get(workflow);
    warm?.remove(key);
    if (warm?.size === 0) this.#warm.delete(workflow);
  }
}

/** Who could do tasks of one signature. */
class Matches {
  readonly #needs: Requirements;
  /** Eligible agents whose engines have all nodes, busy ones too: while there are any, others are not used. */
  readonly #knowing = new Set<string>();
  readonly #withNodes = new Ranking();
  readonly #others = new Ranking();

  constructor(needs: Requirements) {
    this.#needs = needs;
  }

  set(candidate: Candidate): void {
    const { key, running, slots, staging } = candidate;
    if (!eligible(this.#needs, candidate)) {
      this.remove(key);
      return;
    }
    const knows = hasNodes(this.#needs, candidate);
    if (knows) this.#knowing.add(key);
    else this.#knowing.delete(key);
    const [ranking, other] = knows ? [this.#withNodes, this.#others] : [this.#others, this.#withNodes];
    other.remove(key);
    // What belongs to others is never staged ahead: the owner's next run waits for one of theirs at most.
    const places = slots + (isForeign(this.#needs, candidate) ? 0 : staging);
    if (running >= places) ranking.remove(key);
    else ranking.set(candidate, scoreOf(this.#needs, candidate) + (running < slots ? idleBonus : 0));
  }

  remove(key: string): void {
    this.#knowing.delete(key);
    this.#withNodes.remove(key);
    this.#others.remove(key);
  }

  best(workflowId: string): Candidate | undefined {
    return (this.#knowing.size > 0 ? this.#withNodes : this.#others).best(workflowId);
  }
}

/** Signatures remembered beside those in line; forgetting one costs only working it out again. */
const mostSignatures = 500;

/** All agents, indexed by what they could do now. An agent that changes is filed again, the others stay. */
export class Fleet {
  readonly #candidates = new Map<string, Candidate>();
  readonly #matches = new Map<string, Matches>();
  readonly #inLine: (signature: string) => boolean;
  /** How many signatures may be known before some are forgotten. */
  #mostKnown = mostSignatures;

  /** @param inLine does any task of this signature wait? Those are not forgotten. */
  constructor(inLine: (signature: string) => boolean) {
    this.#inLine = inLine;
  }

  /** Adds or replaces an agent. */
  upsert(candidate: Candidate): void {
    this.#candidates.set(candidate.key, candidate);
    for (const matches of this.#matches.values()) matches.set(candidate);
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

  /** How many attempts are on agents, running or ahead. */
  busy(): number {
    let count = 0;
    for (const { running } of this.#candidates.values()) count += running;
    return count;
  }

  /** The best agent that can take a task of this signature and workflow now. */
  best(signature: string, needs: Requirements, workflowId: string): Candidate | undefined {
    return (this.#matches.get(signature) ?? this.#match(signature, needs)).best(workflowId);
  }

  #match(signature: string, needs: Requirements): Matches {
    if (this.#matches.size >= this.#mostKnown) this.#forget();
    const matches = new Matches(needs);
    for (const candidate of this.#candidates.values()) matches.set(candidate);
    this.#matches.set(signature, matches);
    return matches;
  }

  #forget(): void {
    for (const signature of this.#matches.keys()) {
      if (!this.#inLine(signature)) this.#matches.delete(signature);
    }
    // When all are in line they stay: working them out again at every decision would cost far more than keeping them.
    this.#mostKnown = this.#matches.size + mostSignatures;
  }
}
