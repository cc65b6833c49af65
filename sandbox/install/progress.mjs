import process from 'node:process';

const PROGRESS_EVERY_MS = process.stdout.isTTY ? 1_000 : 15_000;

function seconds(sinceMs) {
	return Math.round((Date.now() - sinceMs) / 1_000);
}

/**
 * Shows that something is running, and for how long, so that it doesn't seem to hang.
 * @returns shows the outcome, and ends the display
 */
export function showProgress(label) {
	const started = Date.now();
	const isTerminal = process.stdout.isTTY;
	const write = () => {
		const line = `  ${label} … ${seconds(started)} s`;
		process.stdout.write(isTerminal ? `\r${line}` : `${line}\n`);
	};
	if (isTerminal) write();
	else process.stdout.write(`  ${label} …\n`);
	const timer = setInterval(write, PROGRESS_EVERY_MS);
	return (outcome) => {
		clearInterval(timer);
		process.stdout.write(
			`${isTerminal ? '\r' : ''}  ${label}: ${outcome} after ${seconds(started)} s\n`,
		);
	};
}
