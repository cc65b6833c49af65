/**
 * What a server supports. `withoutJobs` is a server from 2025-10: no jobs API, IDs of any form, and
 * `invalid_prompt` for a missing class [Comfy-Org/ComfyUI @a125cd8]. `withoutTargetedInterrupt` is even older:
 * an interrupt stops whatever runs.
 */
export type ComfyUiVersion = 'current' | 'withoutJobs' | 'withoutTargetedInterrupt';

/** The ComfyUI version of the sandbox, and what is installed there. */
export interface ComfyUiOptions {
	/** Default: `current`. */
	readonly version?: ComfyUiVersion;
	/** Names of additional LoRA files. */
	readonly loras?: readonly string[];
}
