import { ByteStore } from '../../sandbox/emulator/inputs/byteStore';

const entry = (length: number) => ({ bytes: Buffer.alloc(length) });

describe('ByteStore', () => {
	it('forgets the oldest above its limit', () => {
		const store = new ByteStore(10);
		store.set('a', entry(4));
		store.set('b', entry(4));
		store.set('a', entry(4));
		store.set('c', entry(4));
		expect(['a', 'b', 'c'].filter((name) => store.get(name) !== undefined)).toEqual(['a', 'c']);
	});

	it('keeps the newest until the next one, even if it is too large', () => {
		const store = new ByteStore(10);
		store.set('a', entry(4));
		store.set('large', entry(20));
		expect(store.get('a')).toBeUndefined();
		expect(store.get('large')).toBeDefined();
		store.set('b', entry(1));
		expect(store.get('large')).toBeUndefined();
		store.clear();
		expect(store.get('b')).toBeUndefined();
	});
});
