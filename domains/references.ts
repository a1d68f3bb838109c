import { z } from "zod";
import { limited } from "../validation/limited";

export const columnReference = limited(z.string().min(1), {
  limit: "the name of a column of the dataset",
  remedy: "name a column as its declaration does",
});

export const columnReferences = z.array(columnReference);

/** A dataset of any domain, as "domain.dataset". */
export const datasetReference = limited(z.string().regex(/^[^.]+\.[^.]+$/), {
  limit: "a dataset as domain.dataset",
  remedy: 'write for example "reference.countries"',
});

/** A column of the dataset that is named beside it. */
export const foreignColumn = (remedy: string) =>
  limited(z.string().min(1), { limit: "the name of a column of that dataset", remedy });
