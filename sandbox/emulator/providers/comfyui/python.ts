/** An exception in ComfyUI's Python: its type as the server names it, and its message. */
export class PythonError extends Error {
	constructor(
		readonly type: string,
		message: string,
	) {
		super(message);
	}
}

/** Like `repr()`. A JSON number without a fraction is an integer. */
export function repr(value: unknown): string {
	if (typeof value === 'string') return reprOfText(value);
	if (value === null || value === undefined) return 'None';
	if (typeof value === 'boolean') return value ? 'True' : 'False';
	if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
	if (typeof value === 'number') return String(value);
	const entries = Object.entries(value).map(([key, entry]) => `${repr(key)}: ${repr(entry)}`);
	return `{${entries.join(', ')}}`;
}

function reprOfText(text: string): string {
	const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
	const escaped = text
		.replaceAll('\\', '\\\\')
		.replaceAll('\n', '\\n')
		.replaceAll('\r', '\\r')
		.replaceAll('\t', '\\t')
		.replaceAll(quote, `\\${quote}`);
	return `${quote}${escaped}${quote}`;
}

/** Like `str()`. */
export const str = (value: unknown): string => (typeof value === 'string' ? value : repr(value));

/** A float has a fraction, even if it is zero. */
export const strOfFloat = (value: number): string =>
	Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);

const typeName = (value: unknown): string => {
	if (value === null || value === undefined) return 'NoneType';
	return Array.isArray(value) ? 'list' : 'dict';
};

/** Like `int()`: cuts off a fraction, and parses a string. */
export function int(value: unknown): number {
	if (typeof value === 'number') return Math.trunc(value);
	if (typeof value === 'boolean') return Number(value);
	if (typeof value !== 'string') {
		throw new PythonError(
			'TypeError',
			`int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
		);
	}
	if (!/^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) {
		throw new PythonError(
			'ValueError',
			`invalid literal for int() with base 10: ${reprOfText(value)}`,
		);
	}
	return Number(value.replaceAll('_', ''));
}

/** Like `float()`, for JSON values. */
export function float(value: unknown): number {
	if (typeof value === 'number') return value;
	if (typeof value === 'boolean') return Number(value);
	if (typeof value !== 'string') {
		throw new PythonError(
			'TypeError',
			`float() argument must be a string or a real number, not '${typeName(value)}'`,
		);
	}
	const number = Number(value);
	if (value.trim() === '' || Number.isNaN(number)) {
		throw new PythonError('ValueError', `could not convert string to float: ${reprOfText(value)}`);
	}
	return number;
}

/** Like `bool()`: any non-empty string is true. */
export const bool = (value: unknown): boolean => {
	if (Array.isArray(value)) return value.length > 0;
	if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
	return Boolean(value);
};
