/**
 * Headers of a request with a connection of its own. n8n closes a connection that was not used for 5 seconds, and a request
 * that is sent on it at that moment fails.
 */
export const OWN_CONNECTION = { connection: 'close' } as const;
