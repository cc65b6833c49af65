import { globSync, readFileSync } from 'fs';
import { join } from 'path';

import ts from 'typescript';

const project = join(__dirname, '..');
const files = globSync('{nodes,credentials}/**/*.ts', { cwd: project });

/** Each regular expression that stands in a file. */
function patternsIn(file: string): string[] {
	const text = readFileSync(join(project, file), 'utf8');
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
	return found;
}

/** A pattern with each escape and each class as one letter, so that what is left are its groups and quantifiers. */
function skeletonOf(pattern: string): string {
	const source = pattern.slice(1, pattern.lastIndexOf('/'));
	return source.replace(/\\[pP]\{[^}]*\}|\\./gu, 'x').replace(/\[[^\]]*\]/gu, 'c');
}

/** The alternatives outside of all groups. */
function alternativesOf(skeleton: string): string[] {
	const alternatives = [''];
	let depth = 0;
	for (const sign of skeleton) {
		if (sign === '(') depth++;
		if (sign === ')') depth--;
		if (sign === '|' && depth === 0) alternatives.push('');
		else alternatives.push(`${alternatives.pop() ?? ''}${sign}`);
	}
	return alternatives;
}

/** What is repeated without end. */
const endless = /[*+]|\{\d+,\}/;

/**
 * Whether an alternative begins at many places of a text and can run far from each: the square of the length in steps.
 * It may not where it begins at one place only (`^`), not within a run of its own (a lookbehind), or ends with the run.
 */
function restartsWithin(alternative: string): boolean {
	const at = alternative.search(endless);
	if (at < 0 || /^(\^|\(\?<!)/.test(alternative)) return false;
	return at < alternative.length - 1;
}

const patterns = files.flatMap((file) => patternsIn(file));

/** Those whose repeated classes exclude a character that the pattern begins with. */
const bounded = [String.raw`/(^|\.)civitai\.\w+$/`, String.raw`/<([^<>]*)>[^<>]*\brel="?next\b/`];

describe('patterns take as many steps as a text has characters, or a fixed multiple of it', () => {
	it('repeat nothing that is repeated already', () => {
		const nested =
			/\((?:[^()]|\([^()]*\))*(?:[*+]|\{\d+,\})(?:[^()]|\([^()]*\))*\)(?:[*+]|\{\d+,\})/;
		expect(patterns.length).toBeGreaterThan(40);
		expect(patterns.filter((pattern) => nested.test(skeletonOf(pattern)))).toEqual([]);
	});

	it('begin at one place, or once in each run', () => {
		const wrong = patterns.filter((pattern) =>
			alternativesOf(skeletonOf(pattern)).some(restartsWithin),
		);
		expect(wrong).toEqual(bounded);
	});

	it.each([
		['/x+$/', true],
		['/[. -]+$/', true],
		['/a*b/', true],
		['/^a|b+c/', true],
		['/(?<!x)x+$/', false],
		['/^x+$/', false],
		['/[^a]+/g', false],
		['/a|b?c/', false],
	])('%s restarts within a run: %s', (pattern, expected) => {
		expect(alternativesOf(skeletonOf(pattern)).some(restartsWithin)).toBe(expected);
	});

	it('are put together from texts in three places only, which were looked at', () => {
		const building = files.filter((file) =>
			readFileSync(join(project, file), 'utf8').includes('new RegExp('),
		);
		expect(building.sort()).toEqual([
			'nodes/ZImage/http/credential.ts',
			// Both from the texts in lora/hub.ts, which begin at one place.
			'nodes/ZImage/lora/links.ts',
			'nodes/ZImage/lora/paths.ts',
		]);
	});
});
