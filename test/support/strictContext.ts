import type { IExecuteFunctions } from 'n8n-workflow';

/** The parts of n8n's context that a test provides. Using anything else is an error that names it. */
export function strictContext<T extends object>(given: T): IExecuteFunctions & T {
	return new Proxy(given, {
		get(target, name, receiver) {
			if (!(name in target)) throw new Error(`The test's context has no ${String(name)}`);
			return Reflect.get(target, name, receiver) as unknown;
		},
	}) as IExecuteFunctions & T;
}
