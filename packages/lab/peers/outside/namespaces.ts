/** Options of `unshare` for namespaces in which nothing outlives the first process, and nothing is seen outside. */
export const NAMESPACES = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;
