import { kept } from '../runtime.ts';
import { createDrafts } from './draft-keeper.ts';

/** This page's draft. */
export const drafts = createDrafts(kept, Date.now);
