/** The names under which the border is crossed. A file of its own: the preload script holds nothing else of the contract. */
export const IPC = { call: 'mnemo:call', cancel: 'mnemo:cancel', events: 'mnemo:events' } as const
