/** What the side pane is used for instead of the form: giving the conversation, or a question about it, to somebody. */
export type PaneTask = 'transfer' | 'consult' | 'release' | 'hand-back';
