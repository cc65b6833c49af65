/** A process that downloads files with Node.js alone, without n8n. */
import { createWriteStream } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { answerQuestions } from '../childProcess';

export interface Downloads {
	/** All are downloaded at once. */
	readonly urls: readonly string[];
	/** How often, with a pause between. */
	readonly rounds: number;
}

const PAUSE_MS = 1000;

async function download(url: string, file: string): Promise<void> {
	const answer = await new Promise<IncomingMessage>((resolve, reject) => {
		get(url, { agent: false }, resolve).on('error', reject);
	});
	await pipeline(answer, createWriteStream(file));
}

/** Milliseconds from the start of each round until each of its files is there. */
answerQuestions(async ({ urls, rounds }: Downloads): Promise<number[][]> => {
	const results: number[][] = [];
	for (let round = 0; round < rounds; round++) {
		if (round > 0) await sleep(PAUSE_MS);
		const start = performance.now();
		const take = async (url: string, index: number) => {
			await download(url, join(process.env['N8N_USER_FOLDER'] ?? '.', String(index)));
			return performance.now() - start;
		};
		results.push(await Promise.all(urls.map(take)));
	}
	return results;
});
