import { OF_THE_LOOP } from "./loop.ts";
import { WITH_PEOPLE } from "./people.ts";
import type { Recipe } from "./recipe.ts";
import { INTO_THE_WORLD } from "./world.ts";

/** A journey for every capability that leaves a trace. */
export const RECIPES: readonly Recipe[] = [...OF_THE_LOOP, ...WITH_PEOPLE, ...INTO_THE_WORLD];
