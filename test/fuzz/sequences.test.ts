import fc from 'fast-check';

import { anySequence, describeSequence } from '../../checks/faults/randomSequences';
import { runSequence } from '../../checks/faults/sequenceTrial';
import { judgeSequence } from '../../checks/faults/sequenceVerdict';

/** Each one takes a tenth of a second, so `npm test` runs only a few. `npm run test:faults` has its own 300. */
const { numRuns } = fc.readConfigureGlobal();
const count = numRuns === undefined ? 20 : 1000;

it('whatever happens to a run, and however often it is tried, the promises are kept', async () => {
	let number = 0;
	await fc.assert(
		fc.asyncProperty(anySequence, async (sequence) => {
			const findings = judgeSequence(await runSequence(sequence, number++));
			const texts = findings.map(({ promise, text }) => `${promise}: ${text}`);
			if (texts.length > 0) throw new Error([describeSequence(sequence), ...texts].join('\n'));
		}),
		{ numRuns: count },
	);
}, 1_200_000);
