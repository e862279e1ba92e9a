/** Keeps the best few of many items in memory that does not grow with their number. */
export class BestOf<Item> {
  readonly #limit: number;
  readonly #compare: (a: Item, b: Item) => number;
  #items: Item[] = [];

  /** `compare` as for sorting: the first ones are the best. */
  constructor(limit: number, compare: (a: Item, b: Item) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  add(item: Item): void {
    this.#items.push(item);
    if (this.#items.length >= this.#limit * 2 + 64) this.#trim();
  }

  /** The best of all that were added, best first. */
  list(): readonly Item[] {
    this.#trim();
    return this.#items;
  }

  #trim(): void {
    this.#items.sort(this.#compare);
    this.#items.length = Math.min(this.#items.length, this.#limit);
  }
}
