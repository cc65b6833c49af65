import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Paid } from '../errors/charged';
import { atMost, chargedIn, chargedOf, mostOf, nothingPaid } from '../errors/charged';
import { toNodeError } from '../errors/nodeError';
import type { Host } from '../host';
import type { Charged } from '../providers/provider';
import { failedItem } from './failedItem';

/** Reports the failures of a run with their kind and what is charged: as items, or as the error that ends the run. */
export class FailureReport {
	/** The most that can be known about whether the run is charged. */
	charges: Charged = 'yes';
	/** What was charged in earlier attempts. */
	private earlier: Paid | undefined;

	constructor(
		private readonly host: Pick<Host, 'getNode'>,
		private readonly paid: () => Paid = () => nothingPaid,
	) {}

	/** For a failure in part of an item's work. */
	ofWork(error: unknown, itemIndex: number, inputFields: IDataObject): INodeExecutionData {
		const charged = atMost(this.charges, chargedOf(error));
		return failedItem(this.host, error, itemIndex, { charged, inputFields });
	}

	/**
	 * For an item whose work hasn't started. An earlier attempt may have been charged for it anyway.
	 * @param named whether the item reports what earlier attempts were charged for
	 */
	ofItem(
		error: unknown,
		itemIndex: number,
		inputFields: IDataObject,
		named = false,
	): INodeExecutionData {
		this.earlier ??= this.paid();
		const all = mostOf(chargedOf(error), chargedIn(this.earlier, itemIndex));
		const charged = atMost(this.charges, all);
		const paid = named ? this.earlier : undefined;
		return failedItem(this.host, error, itemIndex, { charged, paid, inputFields });
	}

	/** For the failure that ends the run, which is about the whole run. */
	ofRun(error: unknown, itemIndex: number): Error {
		const paid = this.paid();
		const charged = atMost(this.charges, mostOf(chargedOf(error), chargedIn(paid)));
		return toNodeError(this.host.getNode(), error, itemIndex, paid, charged);
	}
}
