/** What the worker's pictures and the page's agree on. */

export const FIELD_SIDE = 41; // points of the lattice on which D's field is shown
export const GRID_LINES = 11; // of the latent space, in each direction
export const GRID_POINTS = 31; // on each line
/** Steps a second; in slow motion, D's and G's turns one at a time. */
export const PACES = { "slow motion": 1, steady: 30, fast: Infinity };
