import { globSync, readFileSync } from 'fs';
import { join } from 'path';

import ts from 'typescript';

const project = join(__dirname, '..');
const files = globSync('{nodes,credentials}/**/*.ts', { cwd: project });

/** Each regular expression in a file. */
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

/** A pattern with a single letter for each escape and each class, leaving its groups and quantifiers. */
function skeletonOf(pattern: string): string {
	const source = pattern.slice(1, pattern.lastIndexOf('/'));
	return source.replace(/\\[pP]\{[^}]*\}|\\./gu, 'x').replace(/\[[^\]]*\]/gu, 'c');
}

/** The alternatives outside all groups. */
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

/** A repetition without an upper limit. */
const endless = /[*+]|\{\d+,\}/;

/**
 * Whether an alternative can start at many positions of a text and run far from each of them: quadratic time.
 * It can't if it starts at only one position (`^`), can't start within its own run (a lookbehind), or ends with
 * the run.
 */
function restartsWithin(alternative: string): boolean {
	const at = alternative.search(endless);
	if (at < 0 || /^(\^|\(\?<!)/.test(alternative)) return false;
	return at < alternative.length - 1;
}

const patterns = files.flatMap((file) => patternsIn(file));

/** Patterns whose repeated classes exclude a character that the pattern starts with. */
const bounded = [String.raw`/(^|\.)civitai\.\w+$/`, String.raw`/<([^<>]*)>[^<>]*\brel="?next\b/`];

describe('patterns need as many steps as a text has characters, or a fixed multiple of it', () => {
	it('repeat nothing that is already repeated', () => {
		const nested =
			/\((?:[^()]|\([^()]*\))*(?:[*+]|\{\d+,\})(?:[^()]|\([^()]*\))*\)(?:[*+]|\{\d+,\})/;
		expect(patterns.length).toBeGreaterThan(40);
		expect(patterns.filter((pattern) => nested.test(skeletonOf(pattern)))).toEqual([]);
	});

	it('start at one position, or once in each run', () => {
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

	it('are built from strings in only three places, which were reviewed', () => {
		const building = files.filter((file) =>
			readFileSync(join(project, file), 'utf8').includes('new RegExp('),
		);
		expect(building.sort()).toEqual([
			'nodes/ZImage/http/credential.ts',
			// Both come from strings in lora/hub.ts, which start at one position.
			'nodes/ZImage/lora/links.ts',
			'nodes/ZImage/lora/paths.ts',
		]);
	});
});
