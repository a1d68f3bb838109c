/**
 * Words that DDL statements or queries of Athena take for their own unless they are quoted, in lower case and spelled as
 * Athena's guide spells them.
 *
 * Source: Athena User Guide, "Escape reserved keywords in queries".
 */
const WORDS = `
all alter and array as authorization between bigint binary boolean both by case cashe cast char column commit conf
constraint create cross cube current current_catalog current_date current_path current_schema current_time
current_timestamp current_user cursor database date dayofweek deallocate decimal delete describe distinct div double
drop else end escape except exchange execute exists extended external extract false fetch first float floor following
for foreign from full function grant group grouping having if import in inner insert int integer intersect interval into
is join json_array json_exists json_object json_query json_table json_value last lateral left less like listagg local
localtime localtimestamp macro map more natural none normalize not null numeric of on only or order out outer over
partialscan partition percent preceding precision prepare preserve primary procedure range reads recursive reduce
references regexp revoke right rlike rollback rollup row rows select set skip smallint start table tablesample then time
timestamp to transform trigger trim true truncate uescape unbounded union uniquejoin unnest update user using
utc_timestamp values varchar views when where window with
`;

const RESERVED = new Set(WORDS.trim().split(/\s+/));

/** Whether every query of Athena would have to quote a name. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name.toLowerCase());
}
