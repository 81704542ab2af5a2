/** Counts through all lists of choices, each made when it is asked for. */
export class Choices {
  private readonly taken: number[] = [];
  private readonly of: number[] = [];
  private at = 0;

  restart(): void {
    this.at = 0;
  }

  /** One of `count`. */
  choose(count: number): number {
    if (this.at === this.taken.length) {
      this.taken.push(0);
      this.of.push(count);
    }
    return this.taken[this.at++] as number;
  }

  /** Goes on to the next list; false: there is none. */
  next(): boolean {
    while (this.taken.length > 0) {
      const last = this.taken.length - 1;
      const choice = (this.taken[last] as number) + 1;
      if (choice < (this.of[last] as number)) {
        this.taken[last] = choice;
        return true;
      }
      this.taken.pop();
      this.of.pop();
    }
    return false;
  }
}
