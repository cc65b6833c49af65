import { callbackUrlOf, ignoresCallback } from '../../nodes/ZImage/run/callbackUrl';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { Provider } from '../../nodes/ZImage/providers/provider';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import { failureOf } from '../support/failureOf';

interface At {
	readonly provider?: Provider;
	readonly baseUrl?: string;
}

const read = (
	callbackUrl: unknown,
	{ provider = fal, baseUrl = provider.defaultBaseUrl }: At = {},
) => callbackUrlOf({ provider, baseUrl }, 'submit', { options: { callbackUrl } as never });

describe('is accepted', () => {
	it.each<[value: unknown, expected: string | undefined, at?: At]>([
		[undefined, undefined],
		[null, undefined],
		[' ', undefined],
		['https://n8n.example.com/a?b=c', 'https://n8n.example.com/a?b=c'],
		['\u200bHTTPS://n8n.example.com \n', 'https://n8n.example.com/'],
		['http://n8n.example.com/a', 'http://n8n.example.com/a'],
		['https://n8n.example.com/a', 'https://n8n.example.com/a', { provider: wavespeed }],
		// A sandbox or a gateway may call any URL.
		[
			'http://localhost:5678/a',
			'http://localhost:5678/a',
			{ provider: wavespeed, baseUrl: 'http://127.0.0.1:8808' },
		],
		['http://n8n:5678/a', 'http://n8n:5678/a', { baseUrl: 'http://gateway.internal' }],
	])('%j as %j', (...[value, expected, at]) => {
		expect(read(value, at)).toBe(expected);
	});
});

describe('is refused', () => {
	const secret = 'AbCdEfGhIjKlMnOp';
	const complete = 'Callback URL must be a complete https URL (got ';
	const outside = (name: string) =>
		`Callback URL must be a public https address that ${name} can call (got `;

	it.each<[value: unknown, message: string, at?: At]>([
		['n8n', `${complete}"n8n")`],
		[secret, `${complete}"AbCdEfGh…")`],
		[`/webhook/${secret}`, `${complete}"/webhook…")`],
		[`localhost:5678/${secret}`, `${complete}"localhos…")`],
		[`ftp://a.example/${secret}`, `${complete}"ftp://a.…")`],
		[7, `${complete}a number)`],
		[[`https://a.example/${secret}`], `${complete}a object)`],
		[
			`https://a.example/${secret.repeat(200)}`,
			'Callback URL must have at most 2000 characters (got 3218)',
		],
		[`https://${secret}@a.example`, 'Callback URL has a user name or password'],
		[`https://:${secret}@a.example`, 'Callback URL has a user name or password'],
		[`http://localhost:5678/${secret}`, `${outside('fal')}"http://localhost:5678")`],
		[`https://n8n.local/${secret}`, `${outside('fal')}"https://n8n.local")`],
		[`https://10.1.2.3/${secret}`, `${outside('fal')}"https://10.1.2.3")`],
		[
			`http://n8n.example.com/${secret}`,
			`${outside('WaveSpeed')}"http://n8n.example.com")`,
			{ provider: wavespeed },
		],
	])('%j', (...[value, message, at]) => {
		const failure = failureOf(() => read(value, at));
		expect(failure.message).toBe(message);
		expect(failure.details.description).toMatch(/^Nothing was sent\./);
		expect(JSON.stringify(failure.details)).not.toContain(secret);
	});
});

it.each<[string, Provider, 'submit' | 'wait', unknown, boolean]>([
	['mode Wait', fal, 'wait', 'nonsense', true],
	['a provider without callbacks', novita, 'submit', 'nonsense', true],
	['nothing given', fal, 'wait', '', false],
	['a use', fal, 'submit', 'https://a.example', false],
])('%s', (_, provider, mode, callbackUrl, expected) => {
	const client = { provider, baseUrl: provider.defaultBaseUrl };
	const parameters = { options: { callbackUrl } as never };
	expect(ignoresCallback(client, mode, parameters)).toBe(expected);
	if (expected) expect(callbackUrlOf(client, mode, parameters)).toBeUndefined();
});
