const MOST_LINES = 20;
const BAR = 10;

/**
 * The lines of a training's log once a share of it, 0 to 1, is done. GUESS: the form, which is tqdm's, because
 * trainers use it. The documentation shows none.
 */
export function progressLines(steps: number, part: number): string[] {
	const every = Math.ceil(steps / MOST_LINES);
	const done = Math.floor(steps * part);
	const lines = Array.from({ length: Math.floor(done / every) }, (_item, index) =>
		line((index + 1) * every, steps),
	);
	const isOver = part === 1 && done % every !== 0;
	return ['Loading the model', ...lines, ...(isOver ? [line(steps, steps)] : [])];
}

function line(step: number, steps: number): string {
	const percent = Math.floor((step / steps) * 100);
	const bar = '█'.repeat(Math.floor((step / steps) * BAR)).padEnd(BAR);
	return `Training: ${String(percent).padStart(3)}%|${bar}| ${step}/${steps}`;
}
