/** Whether a prompt has the words already, as words of their own and whatever their case. */
function hasWords(prompt: string, words: string): boolean {
	const escaped = words.replace(/[.!?,;:]+$/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').test(prompt);
}

/**
 * Adds trigger words to a prompt, each once and only where the prompt has not got them already.
 * They go first, as the authors of the LoRAs advise.
 */
export function addTriggers(prompt: string, triggers: readonly string[]): string {
	return triggers.reduceRight((text, trigger) => {
		const words = trigger.trim();
		if (words === '' || hasWords(text, words)) return text;
		if (text.trim() === '') return words;
		return `${words}${/[.!?,;:]$/.test(words) ? '' : ','} ${text}`;
	}, prompt);
}
