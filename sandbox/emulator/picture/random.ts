/** FNV-1a with a final mix: a well-distributed 32-bit number for a text. */
export function hash(text: string): number {
	let value = 0x811c9dc5;
	for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
	value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
	value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
	return (value ^ (value >>> 16)) >>> 0;
}

/**
 * Numbers that depend only on a text (a Weyl sequence through a mixer), so that a picture can be drawn again.
 */
export class Random {
	private state: number;

	constructor(text: string) {
		this.state = hash(text);
	}

	/** At least 0, below 1. */
	next(): number {
		this.state = (this.state + 0x9e3779b9) >>> 0;
		let value = Math.imul(this.state ^ (this.state >>> 16), 0x21f0aaad);
		value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
		return ((value ^ (value >>> 15)) >>> 0) / 2 ** 32;
	}

	between(low: number, high: number): number {
		return low + (high - low) * this.next();
	}

	integer(low: number, high: number): number {
		return Math.floor(this.between(low, high + 1));
	}

	pick<Item>(items: readonly [Item, ...Item[]]): Item {
		return items[this.integer(0, items.length - 1)] ?? items[0];
	}
}
