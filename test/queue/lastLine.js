const { existsSync, readFileSync } = require('fs');
const { countsFile } = require('./countsFile');

/** Prints, after everything else, what the tests of all files counted at the sandbox. */
module.exports = class LastLine {
	onRunComplete() {
		if (!existsSync(countsFile)) return;
		const total = { executions: 0, lost: 0, paidTwice: 0 };
		for (const line of readFileSync(countsFile, 'utf8').trim().split('\n')) {
			const counts = JSON.parse(line);
			for (const name of Object.keys(total)) total[name] += counts[name];
		}
		const { executions, lost, paidTwice } = total;
		// Jest's own summary comes after this.
		process.once('exit', () => {
			console.error(`queue: ${executions} executions, ${lost} lost, ${paidTwice} paid twice`);
		});
	}
};
