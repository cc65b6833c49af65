import { Secrets, takeKey } from '../../../checks/live/secrets';

const key = 'key-id/1+2:the-secret=3';
const secrets = new Secrets([key]);

it.each([
	['the key', key],
	['its first part', 'key-id/1+2'],
	['its second part', 'the-secret=3'],
	['it in a URL', encodeURIComponent(key)],
	['it in base64', Buffer.from(key).toString('base64')],
])('hides %s', (_name, text) => {
	const hidden = secrets.hide(`before ${text} after`);

	expect(hidden).toMatch(/^before \*\*\*.* after$/);
	expect(hidden).not.toContain(text);
});

it('leaves other text as it is', () => {
	expect(secrets.hide('a key: an id')).toBe('a key: an id');
	expect(new Secrets(['abc']).hide('abcdef')).toBe('abcdef');
});

it('takes a key out of the environment, with all its other names', () => {
	const environment = { FIRST: ' ', SECOND: ' k1 ', THIRD: 'k2', OTHER: 'o' };

	expect(takeKey(environment, ['FIRST', 'SECOND', 'THIRD'])).toEqual({ name: 'SECOND', key: 'k1' });
	expect(environment).toEqual({ OTHER: 'o' });
	expect(takeKey(environment, ['FIRST'])).toBeUndefined();
});
