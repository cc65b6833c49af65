import type { FalEndpoint } from './endpoint';
import { FAL_IMAGE_ENDPOINTS } from './images';
import { FAL_TRAINERS } from './trainers';

export const FAL_ENDPOINTS: readonly FalEndpoint[] = [...FAL_IMAGE_ENDPOINTS, ...FAL_TRAINERS];

export const findFalEndpoint = (id: string): FalEndpoint | undefined =>
	FAL_ENDPOINTS.find((endpoint) => endpoint.id === id);
