/** First come, first served, each once. Taking costs the same with ten and with 50,000. */
export class Line<T> {
  readonly #members = new Set<T>();
  #next = this.#members.values(); // kept, because a new iterator would pass over all that was taken before

  get size(): number {
    return this.#members.size;
  }

  has(member: T): boolean {
    return this.#members.has(member);
  }

  add(member: T): void {
    this.#members.add(member);
  }

  delete(member: T): void {
    this.#members.delete(member);
  }

  take(): T | undefined {
    let next = this.#next.next();
    if (next.done) {
      this.#next = this.#members.values();
      next = this.#next.next();
    }
    if (next.done) return undefined;
    this.#members.delete(next.value);
    return next.value;
  }

  clear(): void {
    this.#members.clear();
  }
}
