/**
 * What a server can do. `withoutJobs` is one of 2025-10: no jobs API, IDs of any form, and `invalid_prompt` for a class that
 * isn't there [Comfy-Org/ComfyUI @a125cd8]. `withoutTargetedInterrupt` is older still: an interrupt stops whatever runs.
 */
export type ComfyUiVersion = 'current' | 'withoutJobs' | 'withoutTargetedInterrupt';

/** Which ComfyUI the sandbox is, and what is installed there. */
export interface ComfyUiOptions {
	/** Default: `current`. */
	readonly version?: ComfyUiVersion;
	/** Names of LoRA files that it has, too. */
	readonly loras?: readonly string[];
}
