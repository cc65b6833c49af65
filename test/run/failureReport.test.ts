import type { Paid } from '../../nodes/ZImage/errors/charged';
import { nothingPaid } from '../../nodes/ZImage/errors/charged';
import { Failure } from '../../nodes/ZImage/errors/failure';
import type { Charged } from '../../nodes/ZImage/providers/provider';
import { FailureReport } from '../../nodes/ZImage/run/failureReport';
import { nodeOf } from '../support/node';
import { strictContext } from '../support/strictContext';

const host = strictContext({ getNode: () => nodeOf() });
const refused = new Failure('It broke', { kind: 'balance' });
const late = new Failure('Late', { kind: 'timeout', task: { taskId: 'a', status: 'pending' } });
const earlier: Paid = { handles: ['a', 'b'], paidItems: [1], doubtfulItems: [2] };

function reportOf(paid: Paid, charges?: Charged): FailureReport {
	const report = new FailureReport(host, () => paid);
	if (charges) report.charges = charges;
	return report;
}

it.each<[string, Failure, Charged | undefined, Charged]>([
	['a refusal', refused, undefined, 'no'],
	['a task that goes on', late, undefined, 'yes'],
	['a task of a server that may be free', late, 'maybe', 'maybe'],
	['a task of a server that is free', late, 'no', 'no'],
])('the item of %s speaks of it alone', (_, failure, charges, charged) => {
	const { json } = reportOf(earlier, charges).ofWork(failure, 1, { caption: 'Dusk' });
	expect(json).toMatchObject({ caption: 'Dusk', charged, errorKind: failure.kind });
	expect(json.errorDescription ?? '').not.toContain('- b');
});

it.each<[number, Charged | undefined, Charged]>([
	[0, undefined, 'no'],
	[1, undefined, 'yes'],
	[2, undefined, 'maybe'],
	[1, 'no', 'no'],
])(
	"item %i that hasn't started tells what earlier attempts have paid for it",
	(index, charges, charged) => {
		const { json } = reportOf(earlier, charges).ofItem(refused, index, {});
		expect(json).toMatchObject({ charged, errorKind: 'balance' });
		expect(json).not.toHaveProperty('errorDescription');
	},
);

it('one of them names all that is paid for', () => {
	const { json } = reportOf(earlier).ofItem(refused, 0, {}, true);
	expect(json.errorDescription).toMatch(/- a\n- b\n.*item 2/s);
});

it('looks once for what earlier attempts have paid for', () => {
	let looked = 0;
	const report = new FailureReport(host, () => {
		looked++;
		return nothingPaid;
	});
	for (let index = 0; index < 3; index++) report.ofItem(refused, index, {});
	expect(looked).toBe(1);
});

it.each<[string, Paid, Failure, Charged | undefined, Charged]>([
	['nothing', nothingPaid, refused, undefined, 'no'],
	['its own task', nothingPaid, late, undefined, 'yes'],
	['another item', earlier, refused, undefined, 'yes'],
	['a request in doubt', { ...earlier, paidItems: [] }, refused, undefined, 'maybe'],
	['a server that is free', earlier, late, 'no', 'no'],
])('the error of the run counts all of it: %s', (_, paid, failure, charges, charged) => {
	const error = reportOf(paid, charges).ofRun(failure, 3);
	expect(error).toMatchObject({
		message: failure.message,
		context: { itemIndex: 3, data: { charged, errorKind: failure.kind } },
	});
});
