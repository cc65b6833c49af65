import { readFileSync } from 'fs';
import { join } from 'path';

import { faultsOfProvider } from '../../nodes/ZImage/generate/failOver';
import type { Charged, ErrorKind } from '../../nodes/ZImage/providers/provider';
import { codesIn, project, tableUnder } from './markdown';

const page = 'docs/troubleshooting.md';

/** All kinds, complete according to the compiler, and whether another provider may do better. */
const kinds: Readonly<Record<ErrorKind, 'no' | 'yes'>> = {
	key: 'no',
	permission: 'no',
	balance: 'yes',
	budget: 'no',
	rateLimit: 'yes',
	moderation: 'no',
	lora: 'no',
	input: 'no',
	notFound: 'no',
	redirect: 'no',
	timeout: 'yes',
	unavailable: 'yes',
	canceled: 'no',
	other: 'no',
};

/** The kinds for which another provider may do better. */
function routedKinds(): string[] {
	return Object.entries(kinds).flatMap(([kind, other]) => (other === 'yes' ? [kind] : []));
}

const charges: Readonly<Record<Charged, true>> = { no: true, maybe: true, yes: true };

it('the page lists every kind of error, and which of them may go to another provider', () => {
	const { rows } = tableUnder(page, 'errorKind');
	const found = rows.map(([value = '', , , other]) => [codesIn(value)[0], other]);
	expect(found).toEqual(Object.entries(kinds));
	expect(rows.flat()).not.toContain('');
});

it('the page lists every value of "charged"', () => {
	const { rows } = tableUnder(page, 'charged');
	expect(rows.map(([value = '']) => codesIn(value)[0])).toEqual(Object.keys(charges));
});

it('the code falls back to another provider in exactly the cases that the page lists', () => {
	expect([...faultsOfProvider].sort()).toEqual(routedKinds().sort());
});

it('the example falls back to another provider in exactly the cases that the page lists', () => {
	const text = readFileSync(join(project, 'examples', 'fallback-provider.json'), 'utf8');
	const list = /\[([^\]]+)\]\.includes\(\$json\.details\.errorKind\)/.exec(text)?.[1] ?? '';
	const named = [...list.matchAll(/'(\w+)'/g)].map(([, kind]) => kind);
	expect(named.sort()).toEqual(routedKinds().sort());
});
