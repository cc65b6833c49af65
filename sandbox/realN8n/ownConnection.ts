/**
 * Headers of a request with its own connection. n8n closes a connection that was idle for 5 seconds, and a
 * request that is sent on it at that moment fails.
 */
export const OWN_CONNECTION = { connection: 'close' } as const;
