import type { Drawing } from '../drawing';
import type { Lora } from '../../../picture/picture';
import { PythonError, str } from '../python';

/** A value that a node passes to the next one. */
export type Value =
	| { readonly type: 'MODEL'; readonly file: string; readonly loras: readonly Lora[] }
	| { readonly type: 'CLIP'; readonly file: string }
	| { readonly type: 'VAE'; readonly file: string }
	| { readonly type: 'CONDITIONING'; readonly text: string; readonly isZero: boolean }
	| Latent
	| { readonly type: 'IMAGE'; readonly images: readonly Drawing[] }
	| { readonly type: 'MASK'; readonly mask: Drawing };

/** A batch of latent images. */
export interface Latent {
	readonly type: 'LATENT';
	readonly images: readonly Drawing[];
	/** Whether it starts as pure noise. */
	readonly isEmpty: boolean;
	readonly mask?: Drawing;
}

export type ValueType = Value['type'];
type ValueOf<Type extends ValueType> = Extract<Value, { readonly type: Type }>;

/** A node's inputs, with its links resolved. */
export class NodeInputs {
	constructor(private readonly values: Readonly<Record<string, unknown>>) {}

	number(name: string): number {
		return Number(this.values[name]);
	}

	text(name: string): string {
		return str(this.values[name]);
	}

	has(name: string): boolean {
		return this.values[name] !== undefined;
	}

	isTrue(name: string): boolean {
		return this.values[name] === true;
	}

	/** The value from a link. GUESS: the message if there is a literal instead, which is found only now. */
	linked<Type extends ValueType>(name: string, type: Type): ValueOf<Type> {
		const value = this.values[name] as ValueOf<Type> | undefined;
		if (typeof value === 'object' && value?.type === type) return value;
		const kind = typeof value === 'string' ? 'str' : 'int';
		throw new PythonError('AttributeError', `'${kind}' object has no attribute 'shape'`);
	}
}
