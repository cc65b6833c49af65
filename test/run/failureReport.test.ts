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
	['a task that is still running', late, undefined, 'yes'],
	['a task on a server that may be free', late, 'maybe', 'maybe'],
	['a task on a free server', late, 'no', 'no'],
])('the item of %s reports only about itself', (_, failure, charges, charged) => {
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
	"item %i, which hasn't started, reports what earlier attempts were charged for it",
	(index, charges, charged) => {
		const { json } = reportOf(earlier, charges).ofItem(refused, index, {});
		expect(json).toMatchObject({ charged, errorKind: 'balance' });
		expect(json).not.toHaveProperty('errorDescription');
	},
);

it('one of them names all that was charged', () => {
	const { json } = reportOf(earlier).ofItem(refused, 0, {}, true);
	expect(json.errorDescription).toMatch(/- a\n- b\n.*item 2/s);
});

it('reads only once what earlier attempts were charged', () => {
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
	['a free server', earlier, late, 'no', 'no'],
])("the run's error counts all of it: %s", (_, paid, failure, charges, charged) => {
	const error = reportOf(paid, charges).ofRun(failure, 3);
	expect(error).toMatchObject({
		message: failure.message,
		context: { itemIndex: 3, data: { charged, errorKind: failure.kind } },
	});
});
