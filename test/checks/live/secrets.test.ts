import { Secrets, takeKey } from '../../../checks/live/secrets';

const key = 'key-id/1+2:the-secret=3';
const secrets = new Secrets([key]);

it.each([
	['the key', key],
	['its first part', 'key-id/1+2'],
	['its second part', 'the-secret=3'],
	['the key in a URL', encodeURIComponent(key)],
	['the key in base64', Buffer.from(key).toString('base64')],
])('hides %s', (_name, text) => {
	const hidden = secrets.hide(`before ${text} after`);

	expect(hidden).toMatch(/^before \*\*\*.* after$/);
	expect(hidden).not.toContain(text);
});

it('leaves other text unchanged', () => {
	expect(secrets.hide('a key: an id')).toBe('a key: an id');
	expect(new Secrets(['abc']).hide('abcdef')).toBe('abcdef');
});

it('removes a key from the environment under all of its names', () => {
	const environment = { FIRST: ' ', SECOND: ' k1 ', THIRD: 'k2', OTHER: 'o' };

	expect(takeKey(environment, ['FIRST', 'SECOND', 'THIRD'])).toEqual({ name: 'SECOND', key: 'k1' });
	expect(environment).toEqual({ OTHER: 'o' });
	expect(takeKey(environment, ['FIRST'])).toBeUndefined();
});
