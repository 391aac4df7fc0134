"""Which SQL functions may be called: those that compute from their arguments, with no query of their own."""

import re
from collections.abc import Iterable
from typing import Final

from cellwall.runtime.errors import UnguardedStatementError

# Not among them: what tells of the connection's earlier statements (`changes`, `row_count`, `lastval`), which
# may have been another user's.
_COMPUTING: Final = """
    abs acos acosh age aggregate_strings any_value array_agg array_append array_cat array_dims
    array_fill array_length array_lower array_ndims array_position array_positions array_prepend
    array_remove array_replace array_sample array_shuffle array_to_json array_to_string array_upper
    ascii asin asinh atan atan2 atanh avg bernoulli bit_and bit_count bit_length bit_or bit_xor bm25 bool_and
    bool_or btrim cardinality cast cbrt ceil ceiling char char_length character_length chr
    clock_timestamp coalesce col_description concat concat_ws convert_from convert_to corr cos cosh cot
    count covar_pop covar_samp crc32 cube cume_dist curdate current_date current_time current_timestamp
    current_user curtime date date_add date_bin date_format date_part date_sub date_trunc datediff
    datetime day dayname dayofmonth dayofweek dayofyear decode degrees dense_rank div dmetaphone encode
    every exp extract factorial field find_in_set first_value floor format from_unixtime gcd
    gen_random_uuid generate_series generate_subscripts get_bit get_byte greatest group_concat grouping
    grouping_sets hex highlight hour if ifnull iif initcap instr isfinite isnull json json_agg
    json_array json_array_elements json_array_elements_text json_array_length json_arrayagg
    json_build_array json_build_object json_contains json_each json_each_text json_extract
    json_extract_path json_extract_path_text json_group_array json_group_object json_insert json_object
    json_object_agg json_object_keys json_objectagg json_patch json_quote json_remove json_replace
    json_set json_strip_nulls json_tree json_type json_typeof json_unquote json_valid jsonb jsonb_agg
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array
    jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text
    jsonb_insert jsonb_object jsonb_object_agg jsonb_object_keys jsonb_path_exists jsonb_path_match
    jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_pretty jsonb_set jsonb_set_lax
    jsonb_strip_nulls jsonb_typeof julianday justify_days justify_hours justify_interval lag last_day
    last_value lcm lead least left length levenshtein likelihood likely ln localtime localtimestamp
    locate log log10 log2 lower lpad ltrim make_date make_interval make_time make_timestamp
    make_timestamptz makedate max md5 metaphone mid min minute mod mode month monthname next_value now
    nth_value ntile nullif num_nonnulls num_nulls numnode octet_length overlay parse_ident percent_rank
    percentile_cont percentile_disc phraseto_tsquery pi plainto_tsquery position pow power printf
    quarter quote quote_ident quote_literal quote_nullable radians rand random rank regexp_count
    regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
    regexp_split_to_table regexp_substr regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
    repeat replace reverse right rollup round row row_number row_to_json rpad rtrim scale
    second session_user setweight sha224 sha256 sha384 sha512 sign similarity sin sinh snippet soundex
    split_part sqrt starts_with statement_timestamp stddev stddev_pop stddev_samp str_to_date strftime
    strict_word_similarity string_agg string_to_array string_to_table strip strpos substr substring sum system
    sysdate tan tanh time timediff timeofday timestamp timestampdiff timezone to_ascii to_bin to_char
    to_date to_hex to_json to_jsonb to_number to_timestamp to_tsquery to_tsvector total trailing
    translate trim trim_scale trunc truncate ts_headline ts_rank ts_rank_cd tsvector_to_array typeof
    ucase unaccent unhex unicode unistr unixepoch unlikely unnest upper user utc_date utc_timestamp uuid
    uuid_generate_v4 uuidv4 uuidv7 var_pop var_samp variance websearch_to_tsquery week weekday
    width_bucket word_similarity xmlagg xmlconcat xmlelement year yearweek zeroblob
"""
COMPUTING: Final = frozenset(re.findall(r"\w+", _COMPUTING))


class Functions:
    """The functions of one guard: the computing ones, and those that the application vouches for."""

    def __init__(self, vouched: Iterable[str] = ()) -> None:
        self._allowed = COMPUTING | {name.lower() for name in vouched}

    def check(self, name: str, packages: Iterable[str] = ()) -> None:
        """Accept a function by its name, with the packages before it.

        Raises:
            UnguardedStatementError: nobody vouched for it.
        """
        full = ".".join((*packages, name)).lower()
        if full.removeprefix("pg_catalog.") not in self._allowed:
            raise UnguardedStatementError(
                f"function {full[:60]!r} might run a query of its own: name it in "
                "GuardedEngine(functions=...) when it computes from its arguments alone"
            )
