import * as v from 'valibot';

/** What an instance tells its clients before anybody signs in. */
export const Config = v.object({
  /** Whether strangers may found neighbourhoods here. */
  founding: v.picklist(['open', 'closed']),
  publicUrl: v.nullable(v.string()),
  /** Where the map's ground comes from: always this instance; null where it has none. */
  basemap: v.nullable(
    v.object({
      kind: v.picklist(['raster', 'vector']),
      url: v.string(),
      attribution: v.string(),
      minZoom: v.number(),
      maxZoom: v.number(),
      /** What a file covers, for where to begin; absent where that is the world. */
      bounds: v.optional(
        v.object({ west: v.number(), south: v.number(), east: v.number(), north: v.number() }),
      ),
    }),
  ),
});
export type Config = v.InferOutput<typeof Config>;
