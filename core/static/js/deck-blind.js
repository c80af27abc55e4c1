// A blind comparison: letters in another order each round, and what was preferred, told at the end.

export const LETTERS = "ABCDE";

export class Blind {
  /** sides, rounds: how many. */
  constructor(sides, rounds) {
    Object.assign(this, { rounds, preferred: [] });
    this.places = [...Array(sides).keys()];
    this.next();
  }

  get round() {
    return this.preferred.length + 1;
  }

  get isOver() {
    return this.preferred.length === this.rounds;
  }

  /** Whether each was heard in this round. */
  get isReady() {
    return this.heard.size === this.places.length;
  }

  /** order[letter]: the side behind it. */
  next() {
    this.order = shuffled(this.places);
    this.heard = new Set();
  }

  prefer(letter) {
    this.preferred.push(this.order[letter]);
    if (!this.isOver) this.next();
  }
}

/** Fisher and Yates, with chance that nobody foresees. */
function shuffled(places) {
  const order = [...places];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = crypto.getRandomValues(new Uint32Array(1))[0] % (last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
