/** Channel names between main and renderer. In a file of their own: the preload script contains nothing else of the contract. */
export const IPC = { call: 'mnemo:call', cancel: 'mnemo:cancel', events: 'mnemo:events' } as const
