/** Objects with bytes, by name, up to a total number of bytes. Beyond it, the oldest are removed. */
export class ByteStore<Entry extends { readonly bytes: Buffer }> {
	private readonly entries = new Map<string, Entry>();
	private total = 0;

	constructor(private readonly mostBytes: number) {}

	set(name: string, entry: Entry): void {
		this.delete(name);
		this.entries.set(name, entry);
		this.total += entry.bytes.length;
		for (const oldest of this.entries.keys()) {
			if (this.total <= this.mostBytes || oldest === name) break;
			this.delete(oldest);
		}
	}

	get(name: string): Entry | undefined {
		return this.entries.get(name);
	}

	clear(): void {
		this.entries.clear();
		this.total = 0;
	}

	private delete(name: string): void {
		this.total -= this.entries.get(name)?.bytes.length ?? 0;
		this.entries.delete(name);
	}
}
