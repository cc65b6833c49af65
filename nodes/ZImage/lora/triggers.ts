import { Failure } from '../errors/failure';

/**
 * A letter or digit at the end of a text, and at its beginning, which makes one word with what is beside it: not one of a
 * script that puts no spaces between words.
 */
const endsInWord =
	/(?![\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}])[\p{L}\p{N}]$/u;
const beginsWithWord =
	/^(?![\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}])[\p{L}\p{N}]/u;

/** More than any prompt has room for. */
const maxTriggersLength = 4000;

/** Trigger words without their final punctuation, which a prompt need not contain. */
function coreOf(words: string): string {
	return words.replace(/(?<![.!?,;:])[.!?,;:]+$/, '') || words;
}

/** Whether a prompt already contains these words as whole words. Both in lower case. */
function hasWords(prompt: string, words: string): boolean {
	for (let at = prompt.indexOf(words); at >= 0; at = prompt.indexOf(words, at + 1)) {
		const end = at + words.length;
		// Two units of UTF-16 are enough for any character.
		const isOwn =
			!endsInWord.test(prompt.slice(Math.max(0, at - 2), at)) &&
			!beginsWithWord.test(prompt.slice(end, end + 2));
		if (isOwn) return true;
	}
	return false;
}

function putFirst(words: string, prompt: string): string {
	if (prompt.trim() === '') return words;
	return `${words}${/[.!?,;:]$/.test(words) ? '' : ','} ${prompt}`;
}

/**
 * Adds trigger words to a prompt, each once and only if the prompt doesn't have them.
 * They go first, as the authors of the LoRAs advise.
 * @throws Failure when they are more than a prompt has room for
 */
export function addTriggers(prompt: string, triggers: readonly string[]): string {
	const wanted = [...new Set(triggers.map((trigger) => trigger.trim()))].filter(Boolean);
	const length = wanted.join('').length;
	if (length > maxTriggersLength) {
		throw new Failure(
			`The trigger words of the LoRAs together must have at most ${maxTriggersLength} characters (got ${length})`,
			{ description: 'Nothing was sent. Use fewer LoRAs, or shorten their trigger words.' },
		);
	}
	let text = prompt;
	let lowerCased = prompt.toLowerCase();
	for (const words of wanted.reverse()) {
		if (hasWords(lowerCased, coreOf(words).toLowerCase())) continue;
		text = putFirst(words, text);
		lowerCased = putFirst(words.toLowerCase(), lowerCased);
	}
	return text;
}
