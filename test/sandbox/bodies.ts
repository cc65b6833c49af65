/**
 * The fields that tests may read from the providers' bodies. A body has some of them. A test that reads a
 * missing one fails.
 */

export interface FalImage {
	readonly url: string;
	readonly content_type: string;
	readonly file_name: string;
	readonly file_size: number;
	readonly width: number;
	readonly height: number;
}

export interface FalBody {
	readonly request_id: string;
	readonly response_url: string;
	readonly status_url: string;
	readonly cancel_url: string;
	readonly queue_position: number;
	readonly status: string;
	readonly images: readonly [FalImage, ...FalImage[]];
	readonly seed: number;
	readonly has_nsfw_concepts: readonly boolean[];
	readonly detail: readonly [unknown, ...unknown[]];
	readonly prices: readonly unknown[];
}

export interface V3Body {
	readonly task_id: string;
	readonly reason: string;
	readonly extra: { readonly seed: string };
	readonly task: { readonly status: string };
	readonly images: readonly [V3Image, ...V3Image[]];
}

export interface V3Image {
	readonly image_url: string;
	readonly image_type: string;
	readonly nsfw_detection_result: unknown;
}

export interface AimlapiBody {
	readonly data: readonly [{ readonly url: string }, ...{ readonly url: string }[]];
	readonly meta: { readonly usage: unknown };
	readonly message: string;
}

export interface WaveSpeedPrediction {
	readonly id: string;
	readonly status: string;
	readonly outputs: readonly [string, ...string[]];
	readonly urls: { readonly get: string };
	readonly code: number;
	readonly error: string;
}

export interface WaveSpeedBody {
	readonly code: number;
	readonly message: string;
	readonly data: WaveSpeedPrediction;
}

export interface ReplicateBody {
	readonly id: string;
	readonly status: string;
	readonly version: string;
	readonly output: string;
	readonly error: string;
	readonly logs: string;
	readonly urls: { readonly get: string; readonly cancel: string };
	readonly detail: string;
	readonly title: string;
	readonly invalid_fields: readonly object[];
}

export interface SdcppBody {
	readonly id: string;
	readonly status: string;
	readonly poll_url: string;
	readonly created: number;
	readonly started: number | null;
	readonly completed: number | null;
	readonly queue_position: number;
	readonly result: {
		readonly output_format: string;
		readonly images: readonly [{ readonly b64_json: string }, ...{ readonly b64_json: string }[]];
	};
	readonly error: unknown;
	readonly loras: readonly { readonly path: string }[];
}

export interface OpenAiBody {
	readonly id: string;
	readonly data: readonly [OpenAiImage, ...OpenAiImage[]];
	readonly error: unknown;
	readonly detail: unknown;
}

export interface OpenAiImage {
	readonly b64_json: string;
	readonly url: string;
	readonly file_path: string | null;
}
