import fc from 'fast-check';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { addTriggers } from '../../nodes/ZImage/lora/triggers';

it.each<[string, string[], string]>([
	['a cat', [], 'a cat'],
	['a cat', ['Anime-Z'], 'Anime-Z, a cat'],
	['a cat', ['Pixel art style.'], 'Pixel art style. a cat'],
	['a cat', ['Act1vate!'], 'Act1vate! a cat'],
	['a cat', ['one', 'two'], 'one, two, a cat'],
	['a cat', ['one', 'one'], 'one, a cat'],
	['a cat', [' Realism '], 'Realism, a cat'],
	['a cat', ['', '  '], 'a cat'],
	['', ['Realism'], 'Realism'],
	['  ', ['one', 'two'], 'one, two'],

	// Words that the prompt already contains.
	['Realism, a cat', ['Realism'], 'Realism, a cat'],
	['a REALISM photograph', ['Realism'], 'a REALISM photograph'],
	['a cat in ghibli style', ['Ghibli Style'], 'a cat in ghibli style'],
	['潘悦 in a garden', ['潘悦'], '潘悦 in a garden'],
	['a cat (c0l0ringb00k)', ['c0l0ringb00k'], 'a cat (c0l0ringb00k)'],

	// In scripts without spaces, the adjacent characters are another word.
	['一只zimg狐狸', ['zimg'], '一只zimg狐狸'],
	['แมวzimgน่ารัก', ['zimg'], 'แมวzimgน่ารัก'],
	['水墨画的狐狸', ['水墨画'], '水墨画的狐狸'],
	['カメラzimgで', ['zimg'], 'カメラzimgで'],
	['一只zimgs狐狸', ['zimg'], 'zimg, 一只zimgs狐狸'],
	['лисаzimg', ['zimg'], 'zimg, лисаzimg'],

	// The punctuation at the end of a trigger isn't part of its words.
	['Pixel art style, a cat', ['Pixel art style.'], 'Pixel art style, a cat'],
	['a cat, pixel art style', ['Pixel art style.'], 'a cat, pixel art style'],
	['Act1vate a cat', ['Act1vate!?'], 'Act1vate a cat'],
	['Pixel art styles', ['Pixel art style.'], 'Pixel art style. Pixel art styles'],
	['a cat, b.w. photo', ['b.w.'], 'a cat, b.w. photo'],
	['bw photo', ['b.w.'], 'b.w. bw photo'],

	// Words inside other words don't count.
	['Surrealism at its best', ['Realism'], 'Realism, Surrealism at its best'],
	['two portraits', ['Portrait'], 'Portrait, two portraits'],
	['HST styles', ['HST style'], 'HST style, HST styles'],

	// Characters with a meaning in regular expressions.
	['a (b) c', ['(b)'], 'a (b) c'],
	['axb', ['a.b'], 'a.b, axb'],
	['a cat', ['$& [a-z]+ \\d'], '$& [a-z]+ \\d, a cat'],
])('%j with %j is %j', (prompt, triggers, expected) => {
	expect(addTriggers(prompt, triggers)).toBe(expected);
});

it.each<[string, string[], string]>([
	['a cat, !!!', ['!!!'], 'a cat, !!!'],
	['a cat', ['!!!'], '!!! a cat'],
	['a cat', ['...', '...'], '... a cat'],
	['𝒜b b', ['b'], '𝒜b b'],
	['b𝒜', ['b'], 'b, b𝒜'],
	['bb b', ['b'], 'bb b'],
	['ΟΔΟΣ', ['οδος'], 'ΟΔΟΣ'],
	[
		'a cat',
		['a'.repeat(2000), 'b'.repeat(2000)],
		`${'a'.repeat(2000)}, ${'b'.repeat(2000)}, a cat`,
	],
])('%#: %j with its words at the edges of the search window', (prompt, triggers, expected) => {
	expect(addTriggers(prompt, triggers)).toBe(expected);
});

it('refuses more words than fit into a prompt', () => {
	expect(() => addTriggers('a cat', ['a'.repeat(2000), ` ${'b'.repeat(2001)}`])).toThrow(
		new Failure(
			'The trigger words of the LoRAs together must have at most 4000 characters (got 4001)',
		),
	);
	// The same words count once.
	expect(addTriggers('', Array<string>(1000).fill('Realism'))).toBe('Realism');
});

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
/** A trigger without its final punctuation, which a prompt need not contain. */
const wordsOf = (trigger: string) => trigger.trim().replace(/[.!?,;:]+$/, '');
const triggerLists = fc.array(text, { maxLength: 4 });

it('changes nothing the second time', () => {
	fc.assert(
		fc.property(text, triggerLists, (prompt, triggers) => {
			const once = addTriggers(prompt, triggers);
			expect(addTriggers(once, triggers)).toBe(once);
		}),
	);
});

it('keeps the prompt unchanged at the end', () => {
	fc.assert(
		fc.property(text, triggerLists, (prompt, triggers) => {
			fc.pre(prompt.trim() !== '');
			expect(addTriggers(prompt, triggers).endsWith(prompt)).toBe(true);
		}),
	);
});

it('leaves no trigger out', () => {
	fc.assert(
		fc.property(text, triggerLists, (prompt, triggers) => {
			const result = addTriggers(prompt, triggers).toLowerCase();
			const missing = triggers.filter((words) => !result.includes(wordsOf(words).toLowerCase()));
			expect(missing).toStrictEqual([]);
		}),
	);
});
