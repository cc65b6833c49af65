import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { showProgress } from './progress.mjs';

/**
 * Records in node_modules which steps are complete for which lock file. A step that was interrupted or failed
 * leaves no record, so it is never considered complete.
 */
export class Stamp {
	constructor(modules, fingerprint) {
		this.modules = modules;
		this.file = path.join(modules, '.z-image-installed.json');
		this.fingerprint = fingerprint;
	}

	finished() {
		try {
			const { fingerprint, steps } = JSON.parse(fs.readFileSync(this.file, 'utf8'));
			return fingerprint === this.fingerprint ? steps : [];
		} catch {
			return [];
		}
	}

	add(step) {
		const content = { fingerprint: this.fingerprint, steps: [...this.finished(), step] };
		fs.writeFileSync(`${this.file}.new`, JSON.stringify(content));
		fs.renameSync(`${this.file}.new`, this.file);
	}

	/** A half-written node_modules looks like a complete one, so it isn't reused. */
	clear() {
		fs.rmSync(this.file, { force: true });
		if (fs.existsSync(this.modules)) {
			const finish = showProgress('Removing an older or incomplete installation');
			fs.rmSync(this.modules, { recursive: true, force: true, maxRetries: 3 });
			finish('done');
		}
	}
}

/** Distinguishes the state of some files, on one kind of machine, from any other. */
export function fingerprintOf(folder, files) {
	const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
	for (const file of files) hash.update(fs.readFileSync(path.join(folder, file)));
	return hash.digest('hex');
}
